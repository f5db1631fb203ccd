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

  func enter() { inside.withLock { $0 += 1 } }

  func leave() { inside.withLock { $0 -= 1 } }
}
