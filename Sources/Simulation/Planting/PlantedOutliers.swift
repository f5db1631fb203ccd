public import Tensors

/// A pool into which items were mixed that no model can learn, and which of them they are.
public struct PlantedOutliers: Sendable {
  /// Features of the pool followed by those of the planted items, `(n + p, d)`.
  public let features: Matrix
  /// Their classes, `(n + p)`; uniformly random for planted items, as any annotator would give them.
  public let labels: [Int]
  /// Whether each item was planted, `(n + p)`.
  public let isOutlier: [Bool]

  /// Plants two groups of collective outliers, half of the items each.
  ///
  /// The first are copies of random pool items with their columns permuted by one fixed permutation, the second are
  /// near-blank: the middle of the pool's range of values with normal noise of 0.12 of that range, clipped to it. With
  /// pixels in `0...1` these are 0.5 + 0.12·noise.
  /// - Parameters:
  ///   - pool: features, `(n, d)`; those of images as pixels.
  ///   - labels: classes, `(n)`.
  ///   - classes: the number of classes, `c`.
  ///   - share: planted items as a share of the pool that results, in `0..<1`.
  ///   - seed: what all random choices are drawn from.
  /// - Complexity: O((n + p)·d).
  public static func plant(
    into pool: Matrix, labels: [Int], classes: Int, share: Double, seed: UInt64
  ) -> PlantedOutliers {
    precondition(share >= 0 && share < 1, "A share of \(share) cannot be planted")
    let (n, d) = (pool.rows, pool.columns)
    let planted = n == 0 ? 0 : Int((Double(n) * share / (1 - share)).rounded())
    var generator = SeededGenerator(seed: seed, stream: 0x0071_1E25)
    var permutation = Array(0..<d)
    generator.shuffle(&permutation)
    let (low, high) = pool.withUnsafeBufferPointer { ($0.min() ?? 0, $0.max() ?? 0) }
    var values = pool.values
    values.reserveCapacity((n + planted) * d)
    for item in 0..<planted {
      if item < planted / 2 {
        let source = pool.view[generator.index(below: n)]
        values.append(contentsOf: permutation.map { source[$0] })
      } else {
        for _ in 0..<d {
          let position = 0.5 + 0.12 * generator.normal()
          values.append(low + (high - low) * min(1, max(0, position)))
        }
      }
    }
    let drawn = (0..<planted).map { _ in generator.index(below: classes) }
    return PlantedOutliers(
      features: Matrix(rows: n + planted, columns: d, values: values), labels: labels + drawn,
      isOutlier: [Bool](repeating: false, count: n) + [Bool](repeating: true, count: planted))
  }
}
