public import Tensors

/// Ranks items at random: the baseline that every other strategy has to beat.
///
/// A uniform draw also keeps a training set unbiased, which no other strategy does.
public struct RandomSampling: QueryStrategy {
  /// What `random` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "random", summary: "Asks items in a uniformly random order.", needs: [], cost: "O(n)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Draws a utility per item, whatever is predicted.
  ///
  /// - Returns: utilities `(n)`, uniform in `0..<1`; 0 with one class.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``, as all strategies do.
  /// - Complexity: O(n), after checking the predictions.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.requireDistributions()
    if predictions.classes <= 1 { return [Float](repeating: 0, count: predictions.items) }
    return (0..<predictions.items).map { _ in generator.uniform() }
  }
}
