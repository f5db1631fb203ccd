import Learning
import Sampling
import Tensors

/// A trained model with its way of being unsure, which strategies ask about rows of the pool.
struct ReplayModel: PoolModel {
  let model: TrainedModel
  /// Monte-Carlo dropout passes; a model without dropout gives one whatever this is.
  let passes: Int
  let seed: UInt64
  /// Features of the pool, `(n, d)`.
  let features: MatrixView

  func committee(of rows: [Int]) throws -> CommitteePredictions {
    try predictions(of: features.gatherRows(rows).view)
  }

  func hidden(of rows: [Int]) throws -> Matrix { try model.hidden(of: features.gatherRows(rows).view) }

  /// Probabilities `(t, n, c)` of any rows `(n, d)`.
  func predictions(of rows: MatrixView) throws -> CommitteePredictions {
    try model.committee(of: rows, passes: passes, seed: seed)
  }
}
