public import Tensors

/// Lets a strategy over classes ask items that may have several labels: each label is a question of its own with two answers.
///
/// The strategy scores every label of an item by its binary probabilities `(1 − p, p)`; an item's utility is the mean or the
/// maximum over its labels. Selections are the strategy's own.
/// Source: for the mean over labels, Li and Guo, "Active Learning with Multi-Label SVM Classification", 2013.
public struct MultiLabelStrategy: QueryStrategy {
  /// How the utilities of an item's labels become one.
  public enum Aggregation: String, Sendable, Hashable, CaseIterable {
    /// The mean: an item pays by all that would be learnt from it.
    case mean
    /// The maximum: one label in doubt is enough.
    case max
  }

  /// What the wrapper is; not one of the registry's strategies, but a way to use them.
  public static let descriptor = StrategyDescriptor(
    name: "multi_label", summary: "Scores each label of an item by itself and aggregates.", needs: [],
    cost: "that of its strategy with two classes, for each label")

  /// The strategy that scores labels and chooses.
  public let base: any QueryStrategy
  /// How the utilities of an item's labels become one.
  public let aggregation: Aggregation

  /// Wraps a strategy.
  public init(base: any QueryStrategy, aggregation: Aggregation = .mean) {
    self.base = base
    self.aggregation = aggregation
  }

  /// Scores items by their labels.
  ///
  /// - Parameters:
  ///   - predictions: independent probabilities `(t, n, L)` of the labels, each in `0...1`; rows need not sum to 1.
  ///   - generator: handed to the strategy.
  /// - Returns: utilities `(n)`; 0 where there are no labels.
  /// - Throws: ``SamplingError/notAProbability(row:member:label:value:)``, and what the strategy throws.
  /// - Complexity: that of the strategy for `n·L` items of two classes.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try predictions.requireProbabilities()
    let labels = predictions.classes
    if labels == 0 { return [Float](repeating: 0, count: predictions.items) }
    let utilities = try base.utilities(of: predictions.binaryByLabel(), using: &generator)
    return (0..<predictions.items).map { item in
      let ofLabels = utilities[item * labels..<(item + 1) * labels]
      return aggregation == .mean ? ofLabels.reduce(0, +) / Float(labels) : ofLabels.reduce(0, Swift.max)
    }
  }

  /// Lets the strategy choose; where it asks the model about candidates, it sees all labels of an item at once.
  ///
  /// - Throws: what the strategy throws.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    var pool = pool
    pool.model = pool.model.map { MultiLabelModel(base: $0) }
    return try base.select(count, from: pool, using: &generator)
  }
}

extension CommitteePredictions {
  /// Checks that every value is in `0...1`; NaN passes no comparison.
  func requireProbabilities() throws {
    guard let index = values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) else { return }
    let row = index / classes
    throw SamplingError.notAProbability(
      row: row % items, member: row / items, label: index % classes, value: values[index])
  }

  /// Independent probabilities `(t, n, L)` as two-class distributions `(t, n·L, 2)`, `(1 − p, p)` for each label.
  func binaryByLabel() -> CommitteePredictions {
    var pairs = [Float](repeating: 0, count: 2 * values.count)
    for (index, probability) in values.enumerated() {
      pairs[2 * index] = 1 - probability
      pairs[2 * index + 1] = probability
    }
    return CommitteePredictions(members: members, items: items * classes, classes: 2, values: pairs)
  }
}
