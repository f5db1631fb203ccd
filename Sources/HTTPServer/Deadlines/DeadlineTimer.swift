import Dispatch

/// Tells exchanges that their time is over: one timer for all of them, which rests while there is none.
///
/// libmicrohttpd's own timeout measures silence only, and not at all while a connection is suspended.
final class DeadlineTimer: Sendable {
  /// The resolution of deadlines.
  static let tick = Duration.milliseconds(50)

  private struct State {
    var wheel = TimerWheel<ObjectIdentifier, Exchange>()
    var isRunning = false
  }

  private let origin = ContinuousClock.now
  private let state = Locked(State())
  private let queue = DispatchQueue(label: "winnow.http.deadlines")

  /// Keeps an exchange until its time is over or ``remove(_:due:)`` takes it out.
  ///
  /// - Returns: the tick under which it is kept.
  func insert(_ exchange: Exchange, after delay: Duration) -> Int {
    let due = Self.ticks(ContinuousClock.now - origin + delay) + 1
    return state.withLock { state in
      let kept = state.wheel.insert(ObjectIdentifier(exchange), exchange, due: due)
      if !state.isRunning {
        state.isRunning = true
        wait()
      }
      return kept
    }
  }

  /// Forgets an exchange.
  func remove(_ exchange: Exchange, due: Int) {
    state.withLock { $0.wheel.remove(ObjectIdentifier(exchange), due: due) }
  }

  private func wait() {
    queue.asyncAfter(deadline: .now() + .milliseconds(50)) { @Sendable in self.advance() }
  }

  private func advance() {
    let now = Self.ticks(ContinuousClock.now - origin)
    let due = state.withLock { state in
      let due = state.wheel.advance(to: now)
      state.isRunning = state.wheel.count > 0
      if state.isRunning { wait() }
      return due
    }
    for exchange in due { exchange.deadlinePassed() }  // outside the lock: it takes the exchange's
  }

  private static func ticks(_ duration: Duration) -> Int { Int(duration / tick) }
}
