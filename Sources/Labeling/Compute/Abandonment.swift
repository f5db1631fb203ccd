import Synchronization

/// Tells work on another thread that nobody waits for it any more.
final class Abandonment: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Whether the work is in vain.
  var isSet: Bool { flag.load(ordering: .acquiring) }

  /// Says that it is.
  func set() { flag.store(true, ordering: .releasing) }
}
