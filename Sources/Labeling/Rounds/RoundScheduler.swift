import Domain
import Foundation
import Synchronization
import Tensors

/// Keeps the trainer's thread: wakes it when a round is waiting, and lets others cancel what it does.
final class RoundScheduler: Sendable {
  private struct State {
    var running: (project: ProjectID, round: Int)?
    var cancelled = false
    var stopping = false
    var started = false
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Starts the thread; `work` runs whatever rounds are waiting.
  func start(_ work: @escaping @Sendable () -> Void) {
    guard
      state.withLock({ state in
        defer { state.started = true }
        return !state.started
      })
    else { return }
    let thread = Thread { [self] in
      ComputeThread.setName("winnow-trainer")
      ComputeThread.setNiceness(10)
      while true {
        wakeUp.wait()
        if state.withLock(\.stopping) { break }
        work()
      }
      state.withLock { $0.hasEnded = true }
      ended.signal()
    }
    thread.stackSize = 16 << 20
    thread.start()
  }

  /// Says that a round may be waiting.
  func wake() { wakeUp.signal() }

  /// Notes which round is under way.
  func begin(_ project: ProjectID, _ round: Int) {
    state.withLock {
      $0.running = (project, round)
      $0.cancelled = false
    }
  }

  /// Notes that no round is under way.
  func end() { state.withLock { $0.running = nil } }

  /// Whether the round under way should stop.
  var isCancelled: Bool { state.withLock { $0.cancelled || $0.stopping } }

  /// Whether the server is stopping, so that the round stays pending.
  var isStopping: Bool { state.withLock(\.stopping) }

  /// Whether the thread was started and is gone.
  var hasEnded: Bool { state.withLock(\.hasEnded) }

  /// Stops the round under way if it is this one, or any of the project's.
  ///
  /// - Returns: whether it was under way.
  @discardableResult
  func cancel(project: ProjectID, round: Int?) -> Bool {
    state.withLock { state in
      guard let running = state.running, running.project == project, round == nil || running.round == round else {
        return false
      }
      state.cancelled = true
      return true
    }
  }

  /// Stops the round under way, which stays pending, and the thread.
  func stop() {
    let started = state.withLock { state in
      defer { state.stopping = true }
      return state.started && !state.stopping
    }
    guard started else { return }
    wakeUp.signal()
    ended.wait()
  }
}
