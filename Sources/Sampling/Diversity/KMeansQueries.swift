public import Tensors

/// Takes the item nearest to the centre of each of `b` clusters of the unlabelled pool.
///
/// Looks at features alone, and not at what is labelled: a diverse first batch.
/// Source: Yuan, Lin and Boyd-Graber, "Cold-start Active Learning through Self-supervised Language Modeling", 2020, section 3.
public struct KMeansQueries: QueryStrategy {
  /// What `k_means` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "k_means", summary: "Asks the item nearest to each centre of as many clusters as the batch has items.",
    parameters: [
      StrategyParameter(
        name: "max_candidates", kind: .integer, defaultValue: 50_000, minimum: 1000, maximum: 10_000_000,
        summary: "Candidates beyond this many are represented by a random sample.")
    ],
    needs: [.features],
    reference: StrategyReference(
      paper: "Yuan, Lin and Boyd-Graber, Cold-start Active Learning through Self-supervised Language Modeling",
      year: 2020, url: "https://arxiv.org/abs/2010.09535"),
    cost: "O(min(n, 50000)·b·d) an iteration of k-means")

  private let maxCandidates: Int

  /// Makes the strategy.
  ///
  /// - Parameter maxCandidates: candidates beyond this many are represented by a random sample.
  public init(maxCandidates: Int = 50_000) { self.maxCandidates = maxCandidates }

  /// Gives every item 0: clusters are a property of the pool, not of predictions.
  ///
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``, as all strategies do.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.requireDistributions()
    return [Float](repeating: 0, count: predictions.items)
  }

  /// Chooses the item nearest to each centre, of the largest cluster first.
  ///
  /// The utility reported for each is `1 / (1 + distance to the centre)`. Of batches beyond 512 several items come from each
  /// cluster. Without features the batch is a random draw, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: O(m·b·d) an iteration for `m` candidates; O(m·d) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    guard let features = pool.features, features.columns > 0 else {
      return standIn(
        count, from: ScoredPool(rows: pool.rows, classes: pool.classes), used: RandomSampling.descriptor.name,
        reason: "k_means needs features and the project has none; the batch is a random draw.", using: &generator)
    }
    let ties = TieBreaker(using: &generator)
    let rows = pool.sampledPositions(limit: max(count, maxCandidates), ties: ties).map { pool.rows[$0] }
    let clusters = kMeans(
      features.gatherRows(rows).view, clusters: min(count, UtilityWeightedClusters.maximumClusters), maxIterations: 20,
      using: &generator, pool: .shared)
    var sizes = [Int](repeating: 0, count: clusters.centers.rows)
    for cluster in clusters.assignment { sizes[cluster] += 1 }
    let chosen = clusters.nearestToCentres(count) { ties.order(of: rows[$0]) }
    let ordered = chosen.enumerated().sorted { left, right in
      let (a, b) = (sizes[clusters.assignment[left.element]], sizes[clusters.assignment[right.element]])
      return a != b ? a > b : left.offset < right.offset
    }
    return Selection(
      chosen: ordered.map { Ranked(row: rows[$0.element], utility: 1 / (1 + clusters.distances[$0.element])) },
      strategyUsed: name)
  }
}
