import HTTPCore
import Logging

/// How fast a body has to move, in either direction.
struct Pace {
  /// When the window began, in milliseconds of ``CoarseClock``.
  private var start = CoarseClock.now
  /// What had been moved by then.
  private var count = 0

  /// Looks at what has been moved so far.
  ///
  /// - Returns: whether the client moved less in a whole window than it must.
  mutating func isTooSlow(moved: Int, now: Int, _ patience: Patience) -> Bool {
    guard now - start >= patience.window.milliseconds else { return false }
    let isSlow = (moved - count) * 1000 < patience.bytesPerSecond * (now - start)
    restart(moved: moved, now: now)
    return isSlow
  }

  /// Begins another window.
  mutating func restart(moved: Int, now: Int) {
    start = now
    count = moved
  }
}

extension Exchange {
  /// Whether the client holds this exchange up on purpose, or as if.
  ///
  /// Only what waits for the client counts: not a handler at work, not an upload that is held back because its reader
  /// lags, not a stream that has nothing to say.
  func isTooSlow(now: Int, _ patience: Patience) -> Bool {
    let isSlow = state.withLock { state in
      guard state.connection != nil, !state.isCut else { return false }
      if state.isQueued {
        // What libmicrohttpd sends from memory or from a file cannot be watched: it has a time by its size.
        if let size = state.knownSize { return state.pace.isOverdue(size: size, now: now, patience) }
        guard state.download.phase != .open || state.download.count > 0 else {
          state.pace.restart(moved: state.bytesSent, now: now)
          return false
        }
        return state.pace.isTooSlow(moved: state.bytesSent, now: now, patience)
      }
      guard !state.isReceived, !state.isSuspended, state.announced != 0 else {
        state.pace.restart(moved: state.received, now: now)
        return false
      }
      return state.pace.isTooSlow(moved: state.received, now: now, patience)
    }
    guard isSlow, let head else { return isSlow }
    core.logger.notice(
      "a client was too slow, and its connection is ended",
      metadata: ["request": "\(head.id)", "address": "\(head.remoteAddress)", "path": "\(head.rawPath)"])
    return true
  }
}

extension Pace {
  /// What the system takes off our hands at once, so that nobody has to wait for its reader.
  private static let smallSize = 64 << 10

  /// Whether so many bytes should have been taken since the window began.
  func isOverdue(size: Int, now: Int, _ patience: Patience) -> Bool {
    size > Self.smallSize && (now - start) / 1000 >= size / max(1, patience.bytesPerSecond)
      && now - start >= patience.window.milliseconds
  }
}
