import Dispatch
import Foundation
import Logging
public import Storage
import Synchronization
import Tensors

/// What is known of the disk that a data folder is on.
public struct StorageHealth: Sendable, Equatable {
  /// Whether the last attempt to write succeeded.
  public let isWritable: Bool
  /// Bytes that may still be written; `nil` where the system does not say.
  public let freeBytes: Int?
  /// Whether so little is left that somebody should make room.
  public let isLow: Bool
  /// The newest write that the disk refused, overcome or not.
  public let lastFailure: WriteHealth.Failure?
}

extension LabelingService {
  /// Below so many bytes the log warns: room for a model, a few thousand labels and the log of the database.
  static let lowWaterBytes = 256 << 20

  /// Whether the data folder can be written, and how much room there is.
  ///
  /// One system call; the disk is not touched.
  public var storageHealth: StorageHealth {
    let free = Self.freeBytes(of: folder.path)
    let failures = [store.health.last, folder.health.last].compactMap(\.self)
    return StorageHealth(
      isWritable: store.health.current == nil && folder.health.current == nil, freeBytes: free,
      isLow: free.map { $0 < Self.lowWaterBytes } ?? false, lastFailure: failures.max { $0.at < $1.at })
  }

  private static func freeBytes(of path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }
}

/// Finds out when a disk that refused writes takes them again, and takes up what waits for that.
///
/// Every request that writes tries for itself; this is for the time when there are none, and for rounds.
final class StorageWatch: Sendable {
  private struct State {
    var waitingRounds = false
    var toldLow = false
    /// Looks until the next attempt, and how many the last pause had: a round that fails again and again pauses longer.
    var pause = 0
    var lastPause = 1
  }

  /// Seconds between looks.
  static let interval = 2.0
  private static let longestPause = 128

  private let state = Mutex(State())
  private let stopped = DispatchSemaphore(value: 0)

  /// Begins to look every few seconds, on a thread of its own that may wait for the disk.
  func start(_ service: LabelingService) {
    let thread = Thread { [weak service, self] in
      ComputeThread.setName("winnow-storage")
      while stopped.wait(timeout: .now() + Self.interval) == .timedOut {
        guard let service else { return }
        look(service)
      }
    }
    thread.stackSize = 1 << 20
    thread.start()
  }

  func stop() { stopped.signal() }

  /// Notes that a round could not be written and waits for the disk.
  func roundWaits() {
    state.withLock { state in
      state.waitingRounds = true
      state.pause = state.lastPause
      state.lastPause = min(2 * state.lastPause, Self.longestPause)
    }
  }

  /// Notes that a round came to its end.
  func roundWent() { state.withLock { $0.lastPause = 1 } }

  private func look(_ service: LabelingService) {
    warnWhenLow(service)
    let due = state.withLock { state in
      state.pause = max(0, state.pause - 1)
      return state.pause == 0
    }
    let wasWritable = service.storageHealth.isWritable
    let roundsWait = state.withLock(\.waitingRounds)
    guard due, !wasWritable || roundsWait else { return }
    do {
      try service.folder.checkWritable()
      // Without content: where the log is in doubt, it is settled first.
      try service.store.writeAndWait { _ in }
    } catch {
      return
    }
    if !wasWritable { service.logger.notice("the data folder can be written again") }
    guard roundsWait else { return }
    state.withLock { $0.waitingRounds = false }
    service.scheduler.wake()
  }

  private func warnWhenLow(_ service: LabelingService) {
    let health = service.storageHealth
    let changed = state.withLock { state in
      defer { state.toldLow = health.isLow }
      return state.toldLow != health.isLow
    }
    guard changed else { return }
    if health.isLow {
      service.logger.warning(
        "the disk of the data folder is nearly full", metadata: ["free_bytes": "\(health.freeBytes ?? 0)"])
    } else {
      service.logger.notice("the disk of the data folder has room again")
    }
  }
}
