private import Glibc
public import Tensors

/// Draws items with probability proportional to a power of their mutual information: top `b` of `β ln u` + Gumbel noise.
///
/// The best `b` by mutual information repeat each other; noise spreads a batch at no cost, and does as well as looking at
/// candidates jointly.
/// Source: Kirsch et al., "Stochastic Batch Acquisition: A Simple Baseline for Deep Active Learning", 2023, section 3.
public struct PowerBALD: CommitteeStrategy {
  /// What `power_bald` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "power_bald",
    summary: "Draws items at random, those that a committee disagrees about more with higher probability.",
    parameters: [
      StrategyParameter(
        name: "power", kind: .number, defaultValue: 1, minimum: 0, maximum: 100,
        summary: "The power of the utility that probabilities are proportional to: 0 is a uniform draw.")
    ],
    needs: [.committee],
    reference: StrategyReference(
      paper: "Kirsch et al., Stochastic Batch Acquisition: A Simple Baseline for Deep Active Learning", year: 2023,
      url: "https://arxiv.org/abs/2106.12059"),
    cost: "O(n·t·c + n log n)")

  private let power: Double

  /// Makes the strategy.
  ///
  /// - Parameter power: of the utility that probabilities are proportional to, at least 0.
  public init(power: Double = 1) { self.power = max(0, power) }

  /// Scores items by mutual information; see ``BALD``.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.mutualInformation() }

  /// Draws a batch without replacement; items of utility 0 come last.
  ///
  /// The noise of an item depends on the seed and its row, not on its place in the list. With one member the batch is the highest
  /// margins, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: O(n).
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    if let alone = withoutCommittee(count, from: pool, using: &generator) { return alone }
    let noise = TieBreaker(using: &generator)
    var noisy = pool
    noisy.utilities = pool.rows.indices.map { position in
      let utility = Double(pool.utility(at: position))
      guard utility > 0 else { return -Float.greatestFiniteMagnitude }
      // A uniform number in (0, 1), then −ln(−ln U): Gumbel's law.
      let uniform = (Double(noise.order(of: pool.rows[position]) &>> 12) + 0.5) * 0x1p-52
      return Float(power * log(utility) - log(-log(uniform)))
    }
    let positions = noisy.positions(count, ties: TieBreaker(using: &generator))
    return Selection(
      chosen: positions.map { Ranked(row: pool.rows[$0], utility: pool.utility(at: $0)) }, strategyUsed: name)
  }
}
