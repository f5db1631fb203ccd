public import Tensors

/// Ranks items by how far the predictions for views of them lie from their mean: mean `KL(p_k ‖ p̄)` over `k` views.
///
/// The consistency that unsupervised data augmentation trains for (Xie et al., 2020), as a query.
/// Source: Gao et al., "Consistency-Based Semi-Supervised Active Learning: Towards Minimizing Labeling Cost", 2020.
public struct AugmentationKL: CommitteeStrategy {
  /// What `augmentation_kl` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "augmentation_kl",
    summary: "Asks first where predictions for augmented views of the item diverge most from their mean.",
    needs: [.views],
    reference: StrategyReference(
      paper: "Gao et al., Consistency-Based Semi-Supervised Active Learning: Towards Minimizing Labeling Cost",
      year: 2020, url: "https://arxiv.org/abs/1910.07153"),
    cost: "O(n·k·c) for k views, and a prediction of each")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the mean divergence of their views.
  ///
  /// - Parameter predictions: probabilities `(k, n, c)` of the `k` views of each item, the original among them.
  /// - Returns: utilities `(n)` in nats, in `0...log(min(c, k))`, with rounding below 0 clamped.
  /// - Complexity: O(k·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.mutualInformation() }
}
