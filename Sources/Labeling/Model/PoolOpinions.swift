import Domain
import Sampling
import Tensors

/// A round's model as strategies ask it about the items of a pool.
struct PoolOpinions: PoolModel {
  let model: RoundModel
  let features: MatrixView
  /// Where opinions are those on altered copies: how the copies are made, and how many there are.
  let views: (source: PoolViews, count: Int)?
  /// Seed of what is dropped: the same for all calls, so that an opinion belongs to one network throughout.
  let seed: UInt64

  /// Opinions on each item.
  var members: Int { views?.count ?? model.size }

  func committee(of rows: [Int]) throws -> CommitteePredictions {
    guard let views else { return try model.opinions(on: features.gatherRows(rows).view, seed: seed) }
    let copies = try views.source.views(of: rows, count: views.count)
    let probabilities = try model.plainProbabilities(of: copies.view)
    return CommitteePredictions(
      members: views.count, items: rows.count, classes: model.classes, values: probabilities.values)
  }

  func hidden(of rows: [Int]) throws -> Matrix { try model.hidden(of: features.gatherRows(rows).view) }

  /// Numbers that asking about an item takes: its opinions, or its altered copies.
  var numbersPerItem: Int { members * max(model.classes, views == nil ? 1 : features.columns) }

  /// Floating-point operations of asking about so many items.
  func operations(items: Int) -> Double {
    views.map { model.operations(items: items, views: $0.count) } ?? model.operations(items: items)
  }
}
