import Domain
import Learning
import Sampling
import Tensors

/// Scores a pool under a strategy, block by block, so that memory stays bounded whatever the pool's size.
struct PoolScorer {
  let strategy: any QueryStrategy
  let model: TrainedModel?
  let committeeSize: Int
  let seed: UInt64

  /// Items scored at once.
  static let blockSize = 4096

  /// How many members stand behind the utilities.
  var members: Int {
    guard let model, case .perceptron(_, let dropout) = model.architecture, dropout > 0 else { return 1 }
    return committeeSize
  }

  /// Utilities of the items at `rows`, aligned with them; empty where there is no model.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  func utilities(
    of rows: [Int], features: MatrixView?, progress: (Double) -> Void, isCancelled: () -> Bool
  ) throws -> [Float] {
    guard let model, let features else { return [] }
    var utilities: [Float] = []
    utilities.reserveCapacity(rows.count)
    var generator = SeededGenerator(seed: seed, stream: 0x5C0)
    for start in stride(from: 0, to: rows.count, by: Self.blockSize) {
      if isCancelled() { throw CancellationError() }
      let block = features.gatherRows(Array(rows[start..<min(start + Self.blockSize, rows.count)]))
      let predictions = try model.committee(of: block.view, passes: members, seed: seed, pool: .shared)
      utilities += try strategy.utilities(of: predictions, using: &generator)
      progress(Double(min(start + Self.blockSize, rows.count)) / Double(rows.count))
    }
    return utilities
  }

  /// Mean probabilities `(n, c)` of items by their features.
  ///
  /// - Throws: `LearningError` where the features have another width than the model takes.
  static func probabilities(
    of features: MatrixView, model: TrainedModel, committeeSize: Int, seed: UInt64
  ) throws -> Matrix {
    let scorer = PoolScorer(strategy: Margin(), model: model, committeeSize: committeeSize, seed: seed)
    return try model.committee(of: features, passes: scorer.members, seed: seed, pool: .shared).mean()
  }
}
