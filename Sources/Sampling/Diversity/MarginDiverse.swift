public import Tensors

/// Takes items that are uncertain and unlike each other: the highest margins, clustered, one from each cluster.
///
/// The best `b` by uncertainty alone are often `b` versions of the same question. Here the `10·b` best are clustered into `b`
/// groups by k-means weighted with their utilities, and the item nearest to each centre is asked.
/// Source: Zhdanov, "Diverse mini-batch Active Learning", 2019.
public struct MarginDiverse: QueryStrategy {
  /// What `margin_diverse` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "margin_diverse", summary: "Asks the items nearest to the centres of clusters among the highest margins.",
    parameters: [
      StrategyParameter(
        name: "candidate_factor", kind: .integer, defaultValue: 10, minimum: 1, maximum: 100,
        summary: "How many times the batch's size is taken by margin before clustering.")
    ],
    needs: [.probabilities, .features],
    reference: StrategyReference(
      paper: "Zhdanov, Diverse mini-batch Active Learning", year: 2019, url: "https://arxiv.org/abs/1901.05954"),
    cost: "O(n·c + 10·b²·d)")

  /// Clusters beyond this many add cost and no diversity; larger batches take several items from each.
  static let maximumClusters = 512
  /// Candidates beyond this many are not clustered.
  static let maximumCandidates = 50_000

  private let candidateFactor: Int

  /// Makes the strategy.
  ///
  /// - Parameter candidateFactor: how many times the batch's size is taken by margin before clustering, at least 1.
  public init(candidateFactor: Int = 10) { self.candidateFactor = max(1, candidateFactor) }

  /// Scores items by margin; see ``Margin/utilities(of:using:)``.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try Margin().utilities(of: predictions, using: &generator)
  }

  /// Chooses a batch: top `10·b` by utility, k-means into `b` clusters weighted by utility, the item nearest to each centre.
  ///
  /// The batch is in the order of utility. Empty clusters (there are fewer distinct items than `b`) are made up for by the next
  /// nearest of the others. Without features the batch is the highest margins, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: O(n + 10·b²·d) time, O(10·b·d) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    guard let features = pool.features, features.columns > 0 else {
      return Selection(
        chosen: pool.ranked(count, using: &generator), strategyUsed: Margin.descriptor.name,
        reason: "margin_diverse needs features and the project has none; the batch is ranked by margin.")
    }
    let size = max(count, min(count * candidateFactor, Self.maximumCandidates))
    let candidates = pool.positions(size, ties: TieBreaker(using: &generator))
    let points = features.gatherRows(candidates.map { pool.rows[$0] })
    let weights = candidates.map { pool.utility(at: $0) }
    let clusters = kMeans(
      points.view, clusters: min(count, Self.maximumClusters), weights: weights.contains { $0 > 0 } ? weights : nil,
      maxIterations: 20, using: &generator, pool: .shared)
    let chosen = nearestToCentres(clusters, count: count)
    return Selection(
      chosen: chosen.sorted().map { Ranked(row: pool.rows[candidates[$0]], utility: pool.utility(at: candidates[$0])) },
      strategyUsed: name)
  }

  /// The nearest point of every cluster, then the second nearest of every cluster, until there are enough.
  private func nearestToCentres(_ clusters: KMeansResult, count: Int) -> [Int] {
    var rankInCluster = [Int](repeating: 0, count: clusters.assignment.count)
    var taken = [Int](repeating: 0, count: clusters.centers.rows)
    let byDistance = clusters.assignment.indices.sorted {
      (clusters.distances[$0], $0) < (clusters.distances[$1], $1)
    }
    for point in byDistance {
      rankInCluster[point] = taken[clusters.assignment[point]]
      taken[clusters.assignment[point]] += 1
    }
    return Array(byDistance.sorted { (rankInCluster[$0], $0) < (rankInCluster[$1], $1) }.prefix(count))
  }
}
