public import Tensors

/// Ranks items by how little the likeliest class is believed: `1 − p₁`.
///
/// Source: Lewis and Gale, "A Sequential Algorithm for Training Text Classifiers", 1994.
public struct LeastConfidence: QueryStrategy {
  /// What `least_confidence` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "least_confidence", summary: "Asks first where the likeliest class has the lowest probability.",
    needs: [.probabilities],
    reference: StrategyReference(
      paper: "Lewis and Gale, A Sequential Algorithm for Training Text Classifiers", year: 1994,
      url: "https://arxiv.org/abs/cmp-lg/9407020"),
    cost: "O(n·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by `1 − p₁` of the mean over the committee.
  ///
  /// - Parameters:
  ///   - predictions: probabilities `(t, n, c)`, rows on the simplex.
  ///   - generator: unused.
  /// - Returns: utilities `(n)` in `0...1 − 1/c`; 0 with one class.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``.
  /// - Complexity: O(t·n·c) time; O(n·c) space for the mean where `t > 1`.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.utilitiesOfMean { mean in
      (0..<mean.rows).map { row in
        var first: Float = 0
        for probability in mean[row] where probability > first { first = probability }
        return max(0, 1 - first)
      }
    }
  }
}
