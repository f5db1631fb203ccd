public import Tensors

/// Ranks items by the entropy of the class distribution averaged over a committee: `H(p̄)`.
///
/// High where the committee as a whole is unsure, whether its members agree or not; ``BALD`` separates the two.
/// Source: Gal, Islam and Ghahramani, "Deep Bayesian Active Learning with Image Data", 2017.
public struct ConsensusEntropy: QueryStrategy {
  /// What `consensus_entropy` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "consensus_entropy",
    summary: "Asks first where a committee's averaged class distribution has the highest entropy.",
    needs: [.committee],
    reference: StrategyReference(
      paper: "Gal, Islam and Ghahramani, Deep Bayesian Active Learning with Image Data", year: 2017,
      url: "https://arxiv.org/abs/1703.02910"),
    cost: "O(n·t·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by the entropy of the mean over the committee.
  ///
  /// - Parameters:
  ///   - predictions: probabilities `(t, n, c)`, rows on the simplex; with `t = 1` this is the plain entropy.
  ///   - generator: unused.
  /// - Returns: utilities `(n)` in nats, in `0...log(c)`; 0 with one class.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``.
  /// - Complexity: O(t·n·c) time, a block of items at a time.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.requireDistributions()
    if predictions.items == 0 || predictions.classes <= 1 { return [Float](repeating: 0, count: predictions.items) }
    return predictions.entropyOfMean()
  }
}
