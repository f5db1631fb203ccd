public import Tensors

/// Ranks items by the share of a committee that the most frequent vote leaves out: `1 − max votes / t`.
///
/// Members vote for their likeliest class. There are only `t` different values: ties are many, and broken at random.
/// Source: Freeman, "Elementary Applied Statistics", 1965; over dropout passes, Gal, Islam and Ghahramani, 2017.
public struct VariationRatio: CommitteeStrategy {
  /// What `variation_ratio` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "variation_ratio", summary: "Asks first where the most members of a committee vote against its majority.",
    needs: [.committee],
    reference: StrategyReference(
      paper: "Gal, Islam and Ghahramani, Deep Bayesian Active Learning with Image Data", year: 2017,
      url: "https://arxiv.org/abs/1703.02910"),
    cost: "O(n·t·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the share of members that are outvoted.
  ///
  /// - Returns: utilities `(n)` in `0...1 − 1/min(c, t)`.
  /// - Complexity: O(t·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.shareOutvoted() }
}
