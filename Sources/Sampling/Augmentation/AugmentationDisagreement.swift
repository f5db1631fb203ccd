public import Tensors

/// Ranks items by the share of views of them whose predicted class is not the most frequent one: `1 − max votes / k`.
///
/// Source: Gao et al., "Consistency-Based Semi-Supervised Active Learning: Towards Minimizing Labeling Cost", 2020, with votes
/// in place of variances.
public struct AugmentationDisagreement: CommitteeStrategy {
  /// What `augmentation_disagreement` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "augmentation_disagreement",
    summary: "Asks first where augmented views of the item are predicted to be of different classes.",
    needs: [.views],
    reference: StrategyReference(
      paper: "Gao et al., Consistency-Based Semi-Supervised Active Learning: Towards Minimizing Labeling Cost",
      year: 2020, url: "https://arxiv.org/abs/1910.07153"),
    cost: "O(n·k·c) for k views, and a prediction of each")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the share of their views that are outvoted.
  ///
  /// - Parameter predictions: probabilities `(k, n, c)` of the `k` views of each item, the original among them.
  /// - Returns: utilities `(n)` in `0...1 − 1/min(c, k)`.
  /// - Complexity: O(k·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.shareOutvoted() }
}
