import Synchronization

/// How often values of which size were seen, in buckets that are fixed at its making.
///
/// Recording is two relaxed atomic additions and a search among a dozen bounds. A reader may see a value in its bucket a
/// moment before it is in the sum.
///
/// `@unchecked Sendable`: the pointer is written once and lives as long as the object; what it points to is atomic.
public final class Histogram: @unchecked Sendable {
  /// Upper bounds of the buckets, each included, in ascending order; one more bucket takes all above.
  public let bounds: [Double]
  private let counts: UnsafeMutablePointer<Atomic<UInt64>>
  /// The sum in millionths, since there are no atomic floating-point numbers.
  private let micros = Atomic<UInt64>(0)

  /// Makes an empty histogram.
  ///
  /// - Precondition: the bounds ascend.
  public init(bounds: [Double]) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
    self.bounds = bounds
    counts = .allocate(capacity: bounds.count + 1)
    for index in 0...bounds.count { (counts + index).initialize(to: Atomic(0)) }
  }

  deinit {
    counts.deinitialize(count: bounds.count + 1)
    counts.deallocate()
  }

  /// Seconds of what people wait for: 0.5 ms to 10 s.
  public static let latencies: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
  ]
  /// Seconds of work in the background: 10 ms to 1 h.
  public static let phases: [Double] = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3600]
  /// Small numbers of things, in powers of two up to 256.
  public static let sizes: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

  /// Counts a value; one below 0 counts as 0.
  public func record(_ value: Double) {
    let value = value > 0 ? value : 0
    var index = 0
    while index < bounds.count, value > bounds[index] { index += 1 }
    counts[index].wrappingAdd(1, ordering: .relaxed)
    micros.wrappingAdd(UInt64(min(value * 1e6, 1e18)), ordering: .relaxed)
  }

  /// Counts a span of time, in seconds.
  public func record(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    record(Double(seconds) + Double(attoseconds) * 1e-18)
  }

  /// The counts of the buckets, not cumulative, the one above all bounds last; and the sum of all values.
  public var snapshot: (counts: [Int], sum: Double) {
    (
      (0...bounds.count).map { Int(clamping: counts[$0].load(ordering: .relaxed)) },
      Double(micros.load(ordering: .relaxed)) / 1e6
    )
  }
}
