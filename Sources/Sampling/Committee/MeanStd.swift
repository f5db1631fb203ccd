public import Tensors

/// Ranks items by how much a committee's probabilities vary: the standard deviation over members, averaged over classes.
///
/// Source: Kampffmeyer, Salberg and Jenssen, "Semantic Segmentation of Small Objects and Modeling of Uncertainty in Urban Remote
/// Sensing Images", 2016; as an acquisition function, Gal, Islam and Ghahramani, 2017.
public struct MeanStd: CommitteeStrategy {
  /// What `mean_std` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "mean_std", summary: "Asks first where the members' probabilities of each class vary most.",
    needs: [.committee],
    reference: StrategyReference(
      paper: "Gal, Islam and Ghahramani, Deep Bayesian Active Learning with Image Data", year: 2017,
      url: "https://arxiv.org/abs/1703.02910"),
    cost: "O(n·t·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the mean over classes of the population standard deviation over members.
  ///
  /// - Returns: utilities `(n)` in `0...0.5`.
  /// - Complexity: O(t·n·c) time, a block of items at a time.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] {
    let scale = Lanes(repeating: 1 / Float(predictions.classes))
    return predictions.sumOfSpreads { $0.squareRoot() * scale }
  }
}
