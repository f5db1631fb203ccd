public import Tensors

/// Ranks items by the entropy of the class distribution: `−Σ p ln p`.
///
/// Looks at all classes, where margin looks at two: with many classes it is drawn to items that are a little unsure of everything.
/// Source: Shannon, "A Mathematical Theory of Communication", 1948; as a query strategy, Settles, "Active Learning Literature
/// Survey", 2009.
public struct PredictiveEntropy: QueryStrategy {
  /// What `entropy` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "entropy", summary: "Asks first where the class distribution has the highest entropy.",
    needs: [.probabilities],
    reference: StrategyReference(
      paper: "Settles, Active Learning Literature Survey", year: 2009,
      url: "https://minds.wisconsin.edu/handle/1793/60660"),
    cost: "O(n·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the entropy of the mean over the committee.
  ///
  /// - Parameters:
  ///   - predictions: probabilities `(t, n, c)`, rows on the simplex.
  ///   - generator: unused.
  /// - Returns: utilities `(n)` in nats, in `0...log(c)`; 0 with one class.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``.
  /// - Complexity: O(t·n·c) time; O(n·c) space for the mean where `t > 1`.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.utilitiesOfMean { entropyRows($0) }
  }
}
