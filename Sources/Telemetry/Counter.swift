import Synchronization

/// A number that only grows, and that any thread may add to.
///
/// One relaxed atomic addition; readers see every addition that happened before they were told of it by other means.
public final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)

  /// Starts at 0.
  public init() {}

  /// Adds to it.
  public func add(_ amount: Int = 1) {
    count.wrappingAdd(UInt64(max(0, amount)), ordering: .relaxed)
  }

  /// What was added so far.
  public var value: Int { Int(clamping: count.load(ordering: .relaxed)) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
  private let level = Atomic<Int>(0)

  /// Starts at 0.
  public init() {}

  /// Changes it.
  public func add(_ amount: Int) { level.wrappingAdd(amount, ordering: .relaxed) }

  /// Where it stands.
  public var value: Int { level.load(ordering: .relaxed) }
}
