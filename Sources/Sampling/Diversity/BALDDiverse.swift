public import Tensors

/// Takes items about which a committee disagrees and which are unlike each other: the highest mutual informations, clustered.
///
/// Doubt that all members share, as about items that nobody can tell apart, doesn't count here: what to ask while much of a
/// pool is unlearnable.
/// Source: Zhdanov, "Diverse mini-batch Active Learning", 2019, over the utility of Houlsby et al., 2011.
public struct BALDDiverse: CommitteeStrategy {
  /// What `bald_diverse` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "bald_diverse",
    summary: "Asks the items nearest to the centres of clusters among those that a committee disagrees about most.",
    parameters: UtilityWeightedClusters.parameters, needs: [.committee, .features],
    reference: StrategyReference(
      paper: "Zhdanov, Diverse mini-batch Active Learning", year: 2019, url: "https://arxiv.org/abs/1901.05954"),
    cost: "O(n·t·c + 10·b²·d)")

  private let clusters: UtilityWeightedClusters

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - candidateFactor: how many times the batch's size is taken by utility before clustering, at least 1.
  ///   - weightExponent: the power of the utilities by which candidates weigh in the clustering, at least 0.
  public init(candidateFactor: Int = 10, weightExponent: Double = 1) {
    clusters = UtilityWeightedClusters(candidateFactor: candidateFactor, weightExponent: weightExponent)
  }

  /// Scores items by mutual information; see ``BALD``.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.mutualInformation() }

  /// Chooses a batch: top `10·b` by utility, k-means into `b` clusters weighted by utility, the item nearest to each centre.
  ///
  /// With one member the utilities are margins and the batch is that of ``MarginDiverse``; the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: O(n + 10·b²·d) time, O(10·b·d) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    if pool.members > 1 {
      return clusters.select(count, from: pool, name: name, plain: BALD.descriptor.name, using: &generator)
    }
    var selection = clusters.select(
      count, from: pool, name: MarginDiverse.descriptor.name, plain: Margin.descriptor.name, using: &generator)
    let reason =
      "bald_diverse needs two or more committee members or dropout passes and there was one: margins stand in."
    selection.reason = selection.reason.map { "\(reason) \($0)" } ?? reason
    return selection
  }
}
