import Foundation
import Synchronization
import Tensors

/// A thread for work that computes, so that it neither blocks the cooperative threads nor a connection's.
///
/// It runs at a lower priority than requests; the parallel parts of its work go to the shared compute pool.
final class ComputeExecutor: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var stopped = false
  }

  private let state = Mutex(State())
  private let wakeUp = DispatchSemaphore(value: 0)

  init(name: String, niceness: Int32) {
    let thread = Thread { [weak self] in
      ComputeThread.setName(name)
      ComputeThread.setNiceness(niceness)
      while let job = self?.take() { job() }
    }
    thread.stackSize = 16 << 20
    thread.start()
  }

  private func take() -> (@Sendable () -> Void)? {
    while true {
      wakeUp.wait()
      let (job, stopped) = state.withLock { state in
        (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.stopped)
      }
      if let job { return job }
      if stopped { return nil }
    }
  }

  /// Runs `work` on the thread, after what was handed in before.
  func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let accepted = state.withLock { state in
        guard !state.stopped else { return false }
        state.jobs.append { continuation.resume(with: Result { try work() }) }
        return true
      }
      if accepted {
        wakeUp.signal()
      } else {
        continuation.resume(throwing: LabelingError.unavailable("The server is stopping."))
      }
    }
  }

  /// Ends the thread once it has done what was handed in.
  func stop() {
    state.withLock { $0.stopped = true }
    wakeUp.signal()
  }
}
