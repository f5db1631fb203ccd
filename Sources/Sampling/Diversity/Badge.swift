public import Tensors

/// Takes items whose labels would change the model much, and each in another direction.
///
/// k-means++ draws over the gradients that items would give the last layer if the model were right about them: long where it is
/// unsure, and pointing elsewhere for unlike items.
/// Source: Ash, Zhang, Krishnamurthy, Langford and Agarwal, "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower
/// Bounds", 2020, algorithm 1.
public struct Badge: QueryStrategy {
  /// What `badge` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "badge", summary: "Asks items with long gradients of the last layer that point in different directions.",
    parameters: [
      StrategyParameter(
        name: "max_candidates", kind: .integer, defaultValue: 50_000, minimum: 1000, maximum: 10_000_000,
        summary: "Candidates beyond this many are represented by a random sample.")
    ],
    needs: [.probabilities, .model],
    reference: StrategyReference(
      paper:
        "Ash, Zhang, Krishnamurthy, Langford and Agarwal, Deep Batch Active Learning by Diverse, Uncertain Gradient Lower"
        + " Bounds", year: 2020, url: "https://arxiv.org/abs/1906.03671"),
    cost: "O(b·m·(c + h)), m = min(n, 50000), h the width of the last hidden layer")

  private let maxCandidates: Int

  /// Makes the strategy.
  ///
  /// - Parameter maxCandidates: candidates beyond this many are represented by a random sample.
  public init(maxCandidates: Int = 50_000) { self.maxCandidates = maxCandidates }

  /// Scores items by margin, which orders the queue behind the batch; see ``Margin/utilities(of:using:)``.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try Margin().utilities(of: predictions, using: &generator)
  }

  /// Chooses a batch by k-means++ over gradients, the longest first.
  ///
  /// Items that coincide with chosen ones are taken only when nothing else is left, in random order. Without a model to ask the
  /// batch is the highest margins, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree, or the model's answers do not fit the pool.
  /// - Complexity: O(b·m·(c + h)) at most, by products of blocks; O(m·(c + h)) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    guard let model = pool.model else {
      return standIn(
        count, from: pool, used: Margin.descriptor.name,
        reason: "badge needs a model's hidden representations and there are none; the batch is ranked by margin.",
        using: &generator)
    }
    let ties = TieBreaker(using: &generator)
    let positions = pool.sampledPositions(limit: max(count, maxCandidates), ties: ties)
    let rows = positions.map { pool.rows[$0] }
    let gradients = try Self.gradients(of: rows, model: model)
    let longest = gradients.squaredLengths.max() ?? 0
    let firsts = rows.indices.filter { gradients.squaredLengths[$0] == longest }
    var sampler = GradientSampler(
      gradients: gradients, first: ties.first(1, of: firsts, rows: rows)[0], pool: .shared)
    while sampler.chosen.count < count, sampler.draw(using: &generator) != nil {}
    var chosen = sampler.chosen
    if chosen.count < count {
      let taken = Set(chosen)
      chosen += ties.first(count - chosen.count, of: rows.indices.filter { !taken.contains($0) }, rows: rows)
    }
    return Selection(
      chosen: chosen.map { Ranked(row: rows[$0], utility: pool.utility(at: positions[$0])) }, strategyUsed: name)
  }

  private static func gradients(of rows: [Int], model: any PoolModel) throws -> GradientEmbedding {
    let hidden = try model.hidden(of: rows)
    guard hidden.rows == rows.count else {
      throw SamplingError.shapeMismatch(
        what: "the number of the model's hidden representations", expected: rows.count, found: hidden.rows)
    }
    if let independent = model as? MultiLabelModel {
      return GradientEmbedding(
        probabilities: try independent.labelProbabilities(of: rows), hidden: hidden, labelsAreIndependent: true)
    }
    return GradientEmbedding(probabilities: try model.meanProbabilities(of: rows), hidden: hidden)
  }
}
