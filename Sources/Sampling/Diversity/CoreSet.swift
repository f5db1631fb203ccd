public import Tensors

/// Takes items so that every item of the pool is near to a labelled one: again and again the farthest from all of them.
///
/// Looks at features alone. It is drawn to outliers, which are far from everything.
/// Source: Sener and Savarese, "Active Learning for Convolutional Neural Networks: A Core-Set Approach", 2018, algorithm 1.
public struct CoreSet: QueryStrategy {
  /// What `core_set` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "core_set", summary: "Asks the item farthest from all that is labelled or chosen, again and again.",
    parameters: [
      StrategyParameter(
        name: "max_candidates", kind: .integer, defaultValue: 200_000, minimum: 1000, maximum: 10_000_000,
        summary: "Candidates beyond this many are represented by a random sample.")
    ],
    needs: [.features, .labelled],
    reference: StrategyReference(
      paper: "Sener and Savarese, Active Learning for Convolutional Neural Networks: A Core-Set Approach", year: 2018,
      url: "https://arxiv.org/abs/1708.00489"),
    cost: "O(n·(labelled + b)·d)")

  private let maxCandidates: Int

  /// Makes the strategy.
  ///
  /// - Parameter maxCandidates: candidates beyond this many are represented by a random sample.
  public init(maxCandidates: Int = 200_000) { self.maxCandidates = maxCandidates }

  /// Gives every item 0: distance is a property of the pool, not of predictions.
  ///
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``, as all strategies do.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.requireDistributions()
    return [Float](repeating: 0, count: predictions.items)
  }

  /// Chooses by the greedy solution of the k-centre problem; a random item first where nothing is labelled.
  ///
  /// The utility reported for each is its distance to what was labelled or chosen before it (0 for a first item with nothing
  /// before it). Without features the batch is a random draw, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: O(n·(L + b)·d), by products of blocks; O(n) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    guard let features = pool.features, features.columns > 0 else {
      return standIn(
        count, from: ScoredPool(rows: pool.rows, classes: pool.classes), used: RandomSampling.descriptor.name,
        reason: "core_set needs features and the project has none; the batch is a random draw.", using: &generator)
    }
    let ties = TieBreaker(using: &generator)
    let rows = pool.sampledPositions(limit: max(count, maxCandidates), ties: ties).map { pool.rows[$0] }
    // Ties go to the earlier: the seed says which one is first.
    let start = generator.index(below: rows.count)
    let choices = kCentre(
      features, count: count, among: Array(rows[start...] + rows[..<start]), covered: pool.labelledRows, pool: .shared)
    return Selection(
      chosen: choices.map { Ranked(row: $0.row, utility: $0.distance.isFinite ? $0.distance : 0) }, strategyUsed: name)
  }
}
