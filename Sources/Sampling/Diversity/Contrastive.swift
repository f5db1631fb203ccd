public import Tensors

/// Takes items that lie beside labelled ones and are predicted otherwise: mean `KL(p_l ‖ p)` over the nearest labelled items.
///
/// Alike in features and unlike in prediction: there runs the model's boundary.
/// Source: Margatina, Vernikos, Barrault and Aletras, "Active Learning by Acquiring Contrastive Examples", 2021, algorithm 1.
public struct Contrastive: QueryStrategy {
  /// What `contrastive` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "contrastive",
    summary: "Asks items whose predictions differ from those of the labelled items nearest to them.",
    parameters: [
      StrategyParameter(
        name: "neighbours", kind: .integer, defaultValue: 10, minimum: 1, maximum: 200,
        summary: "How many of the nearest labelled items an item is compared with."),
      StrategyParameter(
        name: "max_candidates", kind: .integer, defaultValue: 50_000, minimum: 1000, maximum: 10_000_000,
        summary: "Candidates beyond this many are represented by a random sample."),
    ],
    needs: [.probabilities, .features, .labelled, .model],
    reference: StrategyReference(
      paper: "Margatina, Vernikos, Barrault and Aletras, Active Learning by Acquiring Contrastive Examples", year: 2021,
      url: "https://arxiv.org/abs/2109.03764"),
    cost: "O(m·(L·d + k·c)), m = min(n, 50000), L labelled items, k neighbours")

  private let neighbours: Int
  private let maxCandidates: Int

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - neighbours: how many of the nearest labelled items an item is compared with, at least 1.
  ///   - maxCandidates: candidates beyond this many are represented by a random sample.
  public init(neighbours: Int = 10, maxCandidates: Int = 50_000) {
    self.neighbours = max(1, neighbours)
    self.maxCandidates = maxCandidates
  }

  /// Scores items by margin, which orders the queue behind the batch; see ``Margin/utilities(of:using:)``.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try Margin().utilities(of: predictions, using: &generator)
  }

  /// Chooses the items whose predictions diverge most from those of their nearest labelled items.
  ///
  /// The utility reported for each is that divergence, in nats. Without a model, features or labelled items the batch is the
  /// highest margins, and the selection says so.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree, or the model's answers do not fit the pool.
  /// - Complexity: O(m·(L·d + k·c)) for `m` candidates and `L` labelled items, by products of blocks; O(m·c) space.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    if let settled = try settled(count, from: pool, using: &generator) { return settled }
    guard let model = pool.model, let features = pool.features, features.columns > 0, !pool.labelledRows.isEmpty else {
      return standIn(
        count, from: pool, used: Margin.descriptor.name,
        reason: "contrastive needs a model, features and labelled items, of which one is missing;"
          + " the batch is ranked by margin.", using: &generator)
    }
    let ties = TieBreaker(using: &generator)
    let rows = pool.sampledPositions(limit: max(count, maxCandidates), ties: ties).map { pool.rows[$0] }
    let labelled = Array(Set(pool.labelledRows)).sorted()
    let reference = LabelledPredictions(
      features: features.gatherRows(labelled),
      probabilities: try model.meanProbabilities(of: labelled))
    var utilities: [Float] = []
    utilities.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: 4096) {
      let block = Array(rows[start..<min(rows.count, start + 4096)])
      utilities += reference.divergences(
        of: features.gatherRows(block), probabilities: try model.meanProbabilities(of: block),
        neighbours: neighbours)
    }
    let scored = ScoredPool(rows: rows, utilities: utilities, classes: pool.classes)
    return Selection(chosen: scored.ranked(count, using: &generator), strategyUsed: name)
  }
}

/// Labelled items: where they lie, and what is predicted for them.
struct LabelledPredictions {
  let features: Matrix
  let probabilities: Matrix

  /// Mean `KL(p_l ‖ p)` over the nearest labelled items, `(n)`, in nats.
  ///
  /// A probability of 0 counts as the least normal number: the divergence is then large, not infinite.
  func divergences(of items: Matrix, probabilities predicted: Matrix, neighbours: Int) -> [Float] {
    let found = nearestNeighbours(items.view, among: features.view, k: neighbours, pool: .shared).indices
    var logs = predicted
    logs.withUnsafeMutableBufferPointer { values in
      for index in values.indices { values[index] = max(values[index], .leastNormalMagnitude) }
      logInPlace(values)
    }
    let negentropies = entropyRows(probabilities.view).map { -$0 }
    let (reference, logOfPredicted) = (probabilities.view, logs.view)
    return found.enumerated().map { item, nearest in
      var sum: Float = 0
      for neighbour in nearest {
        sum += negentropies[neighbour] - dotProduct(reference[neighbour], logOfPredicted[item])
      }
      return max(0, sum / Float(max(1, nearest.count)))
    }
  }
}
