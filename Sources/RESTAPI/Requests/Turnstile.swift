import Synchronization

/// Lets so many things go on at once.
///
/// An export reads from one snapshot for as long as its client takes: without a bound, a few slow clients would hold
/// every connection to the database, and everybody else would wait.
final class Turnstile: Sendable {
  private let capacity: Int
  private let inside = Mutex(0)

  init(capacity: Int) { self.capacity = capacity }

  /// Whether another may go in.
  var hasRoom: Bool { inside.withLock { $0 < capacity } }

  /// How many are inside.
  var count: Int { inside.withLock { $0 } }

  func enter() { inside.withLock { $0 += 1 } }

  /// Goes in, until the permit is let go of.
  ///
  /// - Returns: `nil` where there is no room.
  func permit() -> Permit? {
    inside.withLock { inside in
      guard inside < capacity else { return nil }
      inside += 1
      return Permit(turnstile: self)
    }
  }

  /// A place in a turnstile, given back when the last one lets go of it.
  final class Permit: Sendable {
    private let turnstile: Turnstile
    fileprivate init(turnstile: Turnstile) { self.turnstile = turnstile }
    deinit { turnstile.leave() }
  }

  func leave() { inside.withLock { $0 -= 1 } }
}
