public import Tensors

/// Ranks items by what a committee's members disagree about: `H(p̄) − mean H(pₜ)`, the mutual information of label and model.
///
/// Low where every member is unsure in the same way, as on noise: more labels would not help there.
/// Source: Houlsby et al., "Bayesian Active Learning for Classification and Preference Learning", 2011, eq. 2; over dropout
/// passes, Gal, Islam and Ghahramani, 2017.
public struct BALD: CommitteeStrategy {
  /// What `bald` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "bald", summary: "Asks first where the members of a committee are sure of different classes.",
    needs: [.committee],
    reference: StrategyReference(
      paper:
        "Houlsby, Huszár, Ghahramani and Lengyel, Bayesian Active Learning for Classification and Preference Learning",
      year: 2011, url: "https://arxiv.org/abs/1112.5745"),
    cost: "O(n·t·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by mutual information.
  ///
  /// - Returns: utilities `(n)` in nats, in `0...log(min(c, t))`, with rounding below 0 clamped.
  /// - Complexity: O(t·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.mutualInformation() }
}
