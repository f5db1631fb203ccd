import Foundation
import Tensors

/// Spreads a batch over what is uncertain: the `factor·b` highest utilities, k-means weighted with them into `b` clusters, and
/// the item nearest to each centre.
///
/// What `margin_diverse`, `entropy_diverse` and `bald_diverse` share; they differ in the utility.
/// Source: Zhdanov, "Diverse mini-batch Active Learning", 2019.
struct UtilityWeightedClusters: Sendable {
  /// Clusters beyond this many add cost and no diversity; larger batches take several items from each.
  static let maximumClusters = 512
  /// Candidates beyond this many are not clustered.
  static let maximumCandidates = 50_000

  /// How many times the batch's size is taken by utility before clustering.
  let candidateFactor: Int
  /// The power of the utilities by which candidates weigh in the clustering.
  let weightExponent: Double

  init(candidateFactor: Int, weightExponent: Double) {
    self.candidateFactor = max(1, candidateFactor)
    self.weightExponent = max(0, weightExponent)
  }

  /// The parameters that the strategies over this declare.
  static let parameters = [
    StrategyParameter(
      name: "candidate_factor", kind: .integer, defaultValue: 10, minimum: 1, maximum: 100,
      summary: "How many times the batch's size is taken by utility before clustering."),
    StrategyParameter(
      name: "weight_exponent", kind: .number, defaultValue: 1, minimum: 0, maximum: 16,
      summary: "The power of the utility by which candidates weigh in the clustering; 0 weighs all alike."),
  ]

  /// Chooses a batch from a pool that has utilities, in the order of utility.
  ///
  /// Empty clusters (there are fewer distinct items than `b`) are made up for by the next nearest of the others. Without
  /// features the batch is the highest utilities, and the selection says so.
  /// - Parameters:
  ///   - name: the strategy that chooses.
  ///   - plain: the strategy that the utilities alone amount to.
  /// - Complexity: O(n + factor·b²·d) time, O(factor·b·d) space.
  func select(
    _ count: Int, from pool: ScoredPool, name: String, plain: String, using generator: inout SeededGenerator
  ) -> Selection {
    guard let features = pool.features, features.columns > 0 else {
      return Selection(
        chosen: pool.ranked(count, using: &generator), strategyUsed: plain,
        reason: "\(name) needs features and the project has none; the batch is ranked by \(plain).")
    }
    let size = max(count, min(count * candidateFactor, Self.maximumCandidates))
    let candidates = pool.positions(size, ties: TieBreaker(using: &generator))
    let points = features.gatherRows(candidates.map { pool.rows[$0] })
    let weights = candidates.map { weight(pool.utility(at: $0)) }
    let clusters = kMeans(
      points.view, clusters: min(count, Self.maximumClusters), weights: weights.contains { $0 > 0 } ? weights : nil,
      maxIterations: 20, using: &generator, pool: .shared)
    let chosen = clusters.nearestToCentres(count) { $0 }
    return Selection(
      chosen: chosen.sorted().map { Ranked(row: pool.rows[candidates[$0]], utility: pool.utility(at: candidates[$0])) },
      strategyUsed: name)
  }

  private func weight(_ utility: Float) -> Float {
    weightExponent == 1 ? max(0, utility) : Float(pow(Double(max(0, utility)), weightExponent))
  }
}

extension KMeansResult {
  /// The nearest point of every cluster, then the second nearest of every cluster, until there are `count`.
  ///
  /// - Parameter order: settles ties of points as near to their centres as each other; lower comes first.
  /// - Complexity: O(n log n).
  func nearestToCentres<Order: Comparable>(_ count: Int, order: (Int) -> Order) -> [Int] {
    var rankInCluster = [Int](repeating: 0, count: assignment.count)
    var taken = [Int](repeating: 0, count: centers.rows)
    let byDistance = assignment.indices.sorted {
      distances[$0] != distances[$1] ? distances[$0] < distances[$1] : order($0) < order($1)
    }
    for point in byDistance {
      rankInCluster[point] = taken[assignment[point]]
      taken[assignment[point]] += 1
    }
    // A sort by rank that keeps the order of distance within a rank.
    var byRank = [[Int]](repeating: [], count: (taken.max() ?? 0))
    for point in byDistance { byRank[rankInCluster[point]].append(point) }
    return Array(byRank.joined().prefix(count))
  }
}
