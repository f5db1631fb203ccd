public import Tensors

/// Ranks items by how much their predictions vary over views of them: the variance over views, summed over classes.
///
/// A model that has learnt an item predicts the same for all its augmentations.
/// Source: Gao et al., "Consistency-Based Semi-Supervised Active Learning: Towards Minimizing Labeling Cost", 2020, eq. 4.
public struct AugmentationVariance: CommitteeStrategy {
  /// What `augmentation_variance` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "augmentation_variance",
    summary: "Asks first where the predicted probabilities vary most over augmented views of the item.",
    needs: [.views],
    reference: StrategyReference(
      paper: "Gao et al., Consistency-Based Semi-Supervised Active Learning: Towards Minimizing Labeling Cost",
      year: 2020, url: "https://arxiv.org/abs/1910.07153"),
    cost: "O(n·k·c) for k views, and a prediction of each")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the sum over classes of the population variance over views.
  ///
  /// - Parameter predictions: probabilities `(k, n, c)` of the `k` views of each item, the original among them.
  /// - Returns: utilities `(n)` in `0...1`.
  /// - Complexity: O(k·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.sumOfSpreads { $0 } }
}
