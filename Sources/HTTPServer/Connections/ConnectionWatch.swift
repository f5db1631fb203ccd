import HTTPCore
import Synchronization

/// One connection, as ``Connections`` looks after it.
///
/// The connection's thread says where the connection is, and a timer looks now and then.
final class ConnectionWatch: Sendable {
  /// What the connection waits for.
  enum Phase: Int {
    /// The first line of another request, which may never come.
    case idle
    /// The rest of a request's head.
    case head
    /// A request's body, its answer, or the client that reads it: the exchange's to judge.
    case exchange
  }

  /// The connection's socket; valid until ``Connections/close(_:)``.
  let socket: Int32
  /// Whose connections are counted together; `nil` where they are not.
  let subscriber: IPAddress?
  private let phase = Atomic(Phase.head.rawValue)
  private let since: Atomic<Int>
  /// The request on it, held while there is one.
  private let current = Locked<Exchange?>(nil)

  init(socket: Int32, subscriber: IPAddress?) {
    self.socket = socket
    self.subscriber = subscriber
    since = Atomic(CoarseClock.now)
  }

  /// A request line has arrived.
  func begin(_ exchange: Exchange) {
    current.withLock { $0 = exchange }
    enter(.head)
  }

  /// The request's head has arrived.
  func received() { enter(.exchange) }

  /// The request has ended.
  func end() {
    current.withLock { $0 = nil }
    enter(.idle)
  }

  private func enter(_ phase: Phase) {
    since.store(CoarseClock.now, ordering: .relaxed)
    // Releasing: whoever sees the exchange's phase also sees the head that was written before.
    self.phase.store(phase.rawValue, ordering: .releasing)
  }

  /// Whether the client has used up what patience there is with it.
  ///
  /// - Parameter isPressed: whether connections run short.
  func isOverdue(now: Int, _ patience: Patience, idle: Duration, isPressed: Bool) -> Bool {
    let phase = Phase(rawValue: phase.load(ordering: .acquiring))
    let spent = now - since.load(ordering: .relaxed)
    switch phase {
    case .idle: return spent >= (isPressed ? min(idle, patience.idleUnderPressure) : idle).milliseconds
    case .head:
      // Who has not even begun is as idle as who has ended.
      let hasBegun = current.withLock { $0 } != nil
      return spent
        >= (isPressed && !hasBegun ? min(patience.head, patience.idleUnderPressure) : patience.head).milliseconds
    case .exchange, nil: return current.withLock { $0 }?.isTooSlow(now: now, patience) ?? false
    }
  }
}
