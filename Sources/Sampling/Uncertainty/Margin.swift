public import Tensors

/// Ranks items by how close the two likeliest classes are: `1 − (p₁ − p₂)`.
///
/// The most dependable of the uncertainties over many data sets (Bahri et al., 2022), and the one that `auto` builds on.
/// Source: Scheffer, Decomain and Wrobel, "Active Hidden Markov Models for Information Extraction", 2001.
public struct Margin: QueryStrategy {
  /// What `margin` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "margin", summary: "Asks first where the two likeliest classes are closest.",
    needs: [.probabilities],
    reference: StrategyReference(
      paper: "Scheffer, Decomain and Wrobel, Active Hidden Markov Models for Information Extraction", year: 2001,
      url: "https://doi.org/10.1007/3-540-44816-0_31"),
    cost: "O(n·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by `1 − (p₁ − p₂)` of the mean over the committee.
  ///
  /// - Parameters:
  ///   - predictions: probabilities `(t, n, c)`, rows on the simplex.
  ///   - generator: unused.
  /// - Returns: utilities `(n)` in `0...1`; 0 with one class.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``.
  /// - Complexity: O(t·n·c) time; O(n·c) space for the mean where `t > 1`.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.utilitiesOfMean { mean in
      (0..<mean.rows).map { row in
        var first: Float = 0
        var second: Float = 0
        for probability in mean[row] {
          let lesser = probability < first ? probability : first
          first = probability > first ? probability : first
          second = lesser > second ? lesser : second
        }
        return min(1, max(0, 1 - (first - second)))
      }
    }
  }
}
