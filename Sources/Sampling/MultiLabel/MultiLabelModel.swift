import Tensors

/// A model of independent labels, seen by strategies that compare distributions.
///
/// An item's `L` probabilities become one distribution over `2L` answers: a label drawn uniformly, then yes or no. Entropies,
/// divergences and mutual informations of it are those of the labels averaged, and in entropies `ln L` more.
struct MultiLabelModel: PoolModel {
  /// The model, which gives `(t, n, L)` independent probabilities.
  let base: any PoolModel

  func committee(of rows: [Int]) throws -> CommitteePredictions {
    let predictions = try base.committee(of: rows)
    try predictions.requireProbabilities()
    let labels = predictions.classes
    let answers = predictions.binaryByLabel().values.map { $0 / Float(labels) }
    return CommitteePredictions(
      members: predictions.members, items: predictions.items, classes: 2 * labels, values: answers)
  }

  func hidden(of rows: [Int]) throws -> Matrix { try base.hidden(of: rows) }

  /// Each label's mean probability over the committee, `(n, L)`.
  func labelProbabilities(of rows: [Int]) throws -> Matrix {
    // Every second answer is a yes, of weight 1/L.
    let answers = try meanProbabilities(of: rows)
    let labels = answers.columns / 2
    return Matrix(
      rows: answers.rows, columns: labels,
      values: (0..<answers.rows * labels).map { answers[$0 / labels, 2 * ($0 % labels) + 1] * Float(labels) })
  }
}
