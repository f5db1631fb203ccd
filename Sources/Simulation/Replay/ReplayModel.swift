import Learning
import Sampling
import Tensors

/// A trained model with its way of being unsure, which strategies ask about rows of the pool.
struct ReplayModel: PoolModel {
  /// What was trained.
  enum Trained: Sendable {
    /// A network whose dropout passes are the committee.
    case network(TrainedModel, passes: Int)
    /// A network whose answers to several views of an item are the committee.
    case viewer(TrainedModel, views: Int)
    /// Networks that differ by their seeds.
    case ensemble(Ensemble)
  }

  let trained: Trained
  let seed: UInt64
  /// Features of the pool, `(n, d)`.
  let features: MatrixView
  let views: ReplayViews

  /// Members of the committee.
  var members: Int {
    switch trained {
    case .network(let model, let passes): model.architecture.hasDropout ? passes : 1
    case .viewer(_, let views): views
    case .ensemble(let ensemble): ensemble.members.count
    }
  }

  func committee(of rows: [Int]) throws -> CommitteePredictions {
    if case .viewer(_, let count) = trained { return try committee(ofViews: count, of: rows) }
    return try predictions(of: features.gatherRows(rows).view)
  }

  func hidden(of rows: [Int]) throws -> Matrix { try first.hidden(of: features.gatherRows(rows).view) }

  /// The answers to `count` views of each item, the original first, as a committee of as many members.
  func committee(ofViews count: Int, of rows: [Int]) throws -> CommitteePredictions {
    let all = try views.views(of: rows, in: features, count: count, seed: seed)
    let probabilities = try first.probabilities(of: all.view)
    return CommitteePredictions(
      members: count, items: rows.count, classes: probabilities.columns, values: probabilities.values)
  }

  /// Probabilities `(t, n, c)` of any rows `(n, d)`, as they are.
  func predictions(of rows: MatrixView) throws -> CommitteePredictions {
    switch trained {
    case .network(let model, let passes): try model.committee(of: rows, passes: passes, seed: seed)
    case .viewer(let model, _): CommitteePredictions(try model.probabilities(of: rows))
    case .ensemble(let ensemble): try ensemble.committee(of: rows)
    }
  }

  private var first: TrainedModel {
    switch trained {
    case .network(let model, _), .viewer(let model, _): model
    case .ensemble(let ensemble): ensemble.members[0]
    }
  }
}
