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
    parameters: UtilityWeightedClusters.parameters, needs: [.probabilities, .features],
    reference: StrategyReference(
      paper: "Zhdanov, Diverse mini-batch Active Learning", year: 2019, url: "https://arxiv.org/abs/1901.05954"),
    cost: "O(n·c + 10·b²·d)")

  private let clusters: UtilityWeightedClusters

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - candidateFactor: how many times the batch's size is taken by margin before clustering, at least 1.
  ///   - weightExponent: the power of the margins by which candidates weigh in the clustering, at least 0.
  public init(candidateFactor: Int = 10, weightExponent: Double = 1) {
    clusters = UtilityWeightedClusters(candidateFactor: candidateFactor, weightExponent: weightExponent)
  }

  /// Scores items by margin; see ``Margin/utilities(of:using:)``.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try Margin().utilities(of: predictions, using: &generator)
  }

  /// Chooses a batch: top `10·b` by utility, k-means into `b` clusters weighted by utility, the item nearest to each centre.
  ///
  /// The batch is in the order of utility. Without features the batch is the highest margins, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: O(n + 10·b²·d) time, O(10·b·d) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    return clusters.select(count, from: pool, name: name, plain: Margin.descriptor.name, using: &generator)
  }
}
