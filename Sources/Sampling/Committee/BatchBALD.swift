public import Tensors

/// Takes items that together tell most about which member of a committee is right: greedy joint mutual information.
///
/// Items that would tell the same count once, so that copies of the most disputed item are not asked twice.
/// Source: Kirsch, van Amersfoort and Gal, "BatchBALD: Efficient and Diverse Batch Acquisition for Deep Bayesian Active
/// Learning", 2019, algorithm 1.
public struct BatchBALD: CommitteeStrategy {
  /// What `batch_bald` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "batch_bald",
    summary: "Asks the items whose labels together tell most about which committee member is right.",
    parameters: [
      StrategyParameter(
        name: "candidate_factor", kind: .integer, defaultValue: 10, minimum: 1, maximum: 1000,
        summary: "How many times the batch's size is taken by mutual information as candidates."),
      StrategyParameter(
        name: "configurations", kind: .integer, defaultValue: 4096, minimum: 16, maximum: 100_000,
        summary: "Labellings of the batch that are kept: all of them while there are no more, then a sample."),
    ],
    needs: [.committee, .model],
    reference: StrategyReference(
      paper:
        "Kirsch, van Amersfoort and Gal, BatchBALD: Efficient and Diverse Batch Acquisition for Deep Bayesian Active"
        + " Learning", year: 2019, url: "https://arxiv.org/abs/1906.08158"),
    cost: "O(n·t·c + b·m·k·t·c), m = 10·b candidates, k = min(c^b, 4096) labellings")

  /// Candidates beyond this many are not compared.
  static let maximumCandidates = 50_000
  /// Below this gain, in nats, what the committee can tell is used up.
  static let leastGain: Float = 1e-4

  private let candidateFactor: Int
  private let configurations: Int

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - candidateFactor: how many times the batch's size is taken by mutual information as candidates, at least 1.
  ///   - configurations: labellings of the batch that are kept, at least 1.
  public init(candidateFactor: Int = 10, configurations: Int = 4096) {
    self.candidateFactor = max(1, candidateFactor)
    self.configurations = max(1, configurations)
  }

  /// Scores items by mutual information, each by itself; see ``BALD``.
  public func disagreement(of predictions: CommitteePredictions) -> [Float] { predictions.mutualInformation() }

  /// Chooses a batch greedily by joint mutual information among the `10·b` highest utilities.
  ///
  /// `t` members can tell at most `ln t` nats: when that is used up the rest of the batch is the highest utilities. Without
  /// a model to ask, all of it is, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree, or the model's answers are no distributions.
  /// - Complexity: O(b·m·k·t·c) time for `m` candidates and `k` labellings; O(m·t·c + k·t) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    if let alone = withoutCommittee(count, from: pool, using: &generator) { return alone }
    guard let model = pool.model else {
      return standIn(
        count, from: pool, used: BALD.descriptor.name,
        reason:
          "batch_bald needs a model to ask about candidates jointly and there is none; the batch is ranked by bald.",
        using: &generator)
    }
    let size = max(count, min(count * candidateFactor, Self.maximumCandidates))
    let positions = pool.positions(size, ties: TieBreaker(using: &generator))
    let predictions = try model.checkedCommittee(of: positions.map { pool.rows[$0] })
    let batch = Self.greedy(count, predictions, configurations, &generator)
    return Selection(
      chosen: batch.map { Ranked(row: pool.rows[positions[$0]], utility: pool.utility(at: positions[$0])) },
      strategyUsed: name)
  }

  /// Candidates by falling gain given those before; then, when nothing is to be gained, in their own order.
  private static func greedy(
    _ count: Int, _ predictions: CommitteePredictions, _ configurations: Int, _ generator: inout SeededGenerator
  ) -> [Int] {
    var information = ConditionalInformation(predictions: predictions, limit: configurations)
    var isTaken = [Bool](repeating: false, count: predictions.items)
    var batch: [Int] = []
    while batch.count < count {
      let gains = information.gains()
      var best: Int?
      for item in gains.indices where !isTaken[item] && gains[item] > best.map({ gains[$0] }) ?? leastGain {
        best = item
      }
      guard let best else { break }
      batch.append(best)
      isTaken[best] = true
      if batch.count < count { information.add(best, using: &generator) }
    }
    return batch + isTaken.indices.filter { !isTaken[$0] }.prefix(count - batch.count)
  }
}
