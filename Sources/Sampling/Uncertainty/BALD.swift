public import Tensors

/// Ranks items by what a committee's members disagree about: `H(p̄) − mean H(pₜ)`, the mutual information of label and model.
///
/// Low where every member is unsure in the same way, as on noise: more labels would not help there.
/// Source: Houlsby et al., "Bayesian Active Learning for Classification and Preference Learning", 2011, eq. 2; over dropout
/// passes, Gal, Islam and Ghahramani, 2017.
public struct BALD: QueryStrategy {
  /// What `bald` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "bald", summary: "Asks first where the members of a committee are sure of different classes.",
    needs: [.committee],
    reference: StrategyReference(
      paper:
        "Houlsby, Huszár, Ghahramani and Lengyel, Bayesian Active Learning for Classification and Preference Learning",
      year: 2011, url: "https://arxiv.org/abs/1112.5745"),
    cost: "O(n·t·c)")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by mutual information; by margin where there is one member, with which mutual information is always 0.
  ///
  /// - Parameters:
  ///   - predictions: probabilities `(t, n, c)`, rows on the simplex.
  ///   - generator: unused.
  /// - Returns: utilities `(n)` in nats, in `0...log(c)`, with rounding below 0 clamped; 0 with one class.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``.
  /// - Complexity: O(t·n·c) time; O(n·c) space.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    if predictions.members == 1 { return try Margin().utilities(of: predictions, using: &generator) }
    try predictions.requireDistributions()
    if predictions.classes <= 1 { return [Float](repeating: 0, count: predictions.items) }
    let (ofMean, meanOfMembers) = predictions.entropies()
    return zip(ofMean, meanOfMembers).map { max(0, $0 - $1) }
  }

  /// Takes the highest utilities; says so where they are margins because there was one member only.
  ///
  /// - Complexity: O(n).
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    let chosen = pool.ranked(count, using: &generator)
    if pool.members > 1 { return Selection(chosen: chosen, strategyUsed: name) }
    return Selection(
      chosen: chosen, strategyUsed: Margin.descriptor.name,
      reason:
        "bald needs two or more committee members or dropout passes and there was one; the batch is ranked by margin.")
  }
}
