private import Glibc
public import Tensors

/// Takes items that are uncertain and stand for many: `H(p̄) · (mean similarity)^β`.
///
/// Uncertainty alone is drawn to outliers; they are like nothing else in the pool. Similarity is `exp(−d²/h²)` to a random sample of
/// the pool, `h²` the median squared distance in that sample.
/// Source: Settles and Craven, "An Analysis of Active Learning Strategies for Sequence Labeling Tasks", 2008, section 3.4.
public struct DensityWeighted: QueryStrategy {
  /// What `density_weighted` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "density_weighted", summary: "Asks uncertain items that are similar to many others of the pool.",
    parameters: [
      StrategyParameter(
        name: "beta", kind: .number, defaultValue: 1, minimum: 0, maximum: 16,
        summary: "The power of the mean similarity: 0 leaves uncertainty alone."),
      StrategyParameter(
        name: "sample", kind: .integer, defaultValue: 256, minimum: 2, maximum: 10_000,
        summary: "How many random items of the pool similarity is averaged over."),
    ],
    needs: [.probabilities, .features],
    reference: StrategyReference(
      paper: "Settles and Craven, An Analysis of Active Learning Strategies for Sequence Labeling Tasks", year: 2008,
      url: "https://aclanthology.org/D08-1112/"),
    cost: "O(n·c + m·s·d), m = min(n, 50000), s the size of the sample")

  /// Candidates beyond this many, those of the lowest utilities, are not compared.
  static let maximumCandidates = 50_000

  private let beta: Double
  private let sample: Int

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - beta: the power of the mean similarity, at least 0.
  ///   - sample: how many random items of the pool similarity is averaged over, at least 2.
  public init(beta: Double = 1, sample: Int = 256) {
    self.beta = max(0, beta)
    self.sample = max(2, sample)
  }

  /// Scores items by entropy, see ``PredictiveEntropy/utilities(of:using:)``; density is weighed in by the selection.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try PredictiveEntropy().utilities(of: predictions, using: &generator)
  }

  /// Chooses the highest products of utility and density among the 50,000 highest utilities.
  ///
  /// The utility reported for each is that product. Without features the batch is ranked by entropy, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: O(n + m·s·d) time, by products of blocks; O(m) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    guard let features = pool.features, features.columns > 0 else {
      return standIn(
        count, from: pool, used: PredictiveEntropy.descriptor.name,
        reason: "density_weighted needs features and the project has none; the batch is ranked by entropy.",
        using: &generator)
    }
    let ties = TieBreaker(using: &generator)
    let positions = pool.positions(max(count, Self.maximumCandidates), ties: ties).sorted {
      pool.rows[$0] < pool.rows[$1]
    }
    let reference = features.gatherRows(pool.sampledPositions(limit: sample, ties: ties).map { pool.rows[$0] })
    let densities = Self.densities(of: positions.map { pool.rows[$0] }, in: features, reference: reference)
    let utilities = zip(positions, densities).map { pool.utility(at: $0) * Float(pow(Double($1), beta)) }
    let scored = ScoredPool(rows: positions.map { pool.rows[$0] }, utilities: utilities, classes: pool.classes)
    return Selection(chosen: scored.ranked(count, using: &generator), strategyUsed: name)
  }

  /// The mean similarity of items to the reference, in `0...1`.
  static func densities(of rows: [Int], in features: MatrixView, reference: Matrix) -> [Float] {
    var between = Matrix(rows: reference.rows, columns: reference.rows)
    squaredDistances(reference.view, reference.view, into: &between)
    let pairs = (0..<reference.rows).flatMap { row in between.row(row)[..<row] }.sorted()
    let bandwidth = pairs.isEmpty ? 0 : pairs[pairs.count / 2]
    // Where most of the sample coincides nothing can be said about density.
    guard bandwidth > 0 else { return [Float](repeating: 1, count: rows.count) }
    var densities: [Float] = []
    densities.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: 4096) {
      let block = features.gatherRows(Array(rows[start..<min(rows.count, start + 4096)]))
      var similarities = Matrix(rows: block.rows, columns: reference.rows)
      squaredDistances(block.view, reference.view, into: &similarities, pool: .shared)
      similarities.withUnsafeMutableBufferPointer { values in
        for index in values.indices { values[index] *= -1 / bandwidth }
        expInPlace(values)
        for row in 0..<block.rows {
          var sum: Float = 0
          for index in row * reference.rows..<(row + 1) * reference.rows { sum += values[index] }
          densities.append(sum / Float(reference.rows))
        }
      }
    }
    return densities
  }
}
