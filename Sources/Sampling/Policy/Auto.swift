public import Tensors

/// The default: resolves to another strategy by how much is labelled; see ``AutoPolicy``.
public struct Auto: QueryStrategy {
  /// What `auto` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "auto",
    summary:
      "typiclust until max(20, 2c) labels and two classes with two labels each, then margin_diverse; bald_diverse"
      + " while more than 15 % of the pool is estimated to be unlearnable.",
    needs: [],
    reference: StrategyReference(
      paper:
        "Bahri, Jiang, Schuster and Rostamizadeh, Is Margin All You Need? An Extensive Empirical Study of Active Learning"
        + " on Tabular Data", year: 2022, url: "https://arxiv.org/abs/2210.03822"),
    cost: "that of the strategy it resolves to")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by margin, which orders the rest of the queue too; see ``Margin/utilities(of:using:)``.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try Margin().utilities(of: predictions, using: &generator)
  }

  /// Lets the resolved strategy choose; `strategyUsed` names it and `reason` says why.
  ///
  /// Utilities are margins: where it resolves to `bald_diverse`, candidates are scored again through the pool's model. A caller who
  /// resolves by ``AutoPolicy`` before scoring saves that.
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: that of the strategy it resolves to.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    try pool.validate()
    let policy = AutoPolicy.resolve(
      labels: pool.labelledClasses, classes: pool.classes, hasModel: !pool.utilities.isEmpty,
      hasFeatures: (pool.features?.columns ?? 0) > 0, hasCommittee: pool.members > 1 && pool.model != nil,
      estimatedUnlearnable: pool.estimatedOutlierShare)
    let resolved = try policy.strategy()
    var pool = pool
    if type(of: resolved).descriptor.needs.contains(.committee), let model = pool.model {
      pool.utilities = try Self.score(pool.rows, with: resolved, model: model, using: &generator)
    }
    var selection = try resolved.select(count, from: pool, using: &generator)
    selection.reason = selection.reason.map { "\(policy.reason) \($0)" } ?? policy.reason
    return selection
  }

  private static func score(
    _ rows: [Int], with strategy: any QueryStrategy, model: any PoolModel, using generator: inout SeededGenerator
  ) throws -> [Float] {
    var utilities: [Float] = []
    utilities.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: 4096) {
      let block = Array(rows[start..<min(rows.count, start + 4096)])
      utilities += try strategy.utilities(of: model.checkedCommittee(of: block), using: &generator)
    }
    return utilities
  }
}
