public import Tensors

/// The default: resolves to another strategy by how much is labelled; see ``AutoPolicy``.
public struct Auto: QueryStrategy {
  /// What `auto` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "auto",
    summary: "typiclust until max(20, 2c) labels and two classes with two labels each, then margin_diverse.",
    needs: [],
    reference: StrategyReference(
      paper:
        "Bahri, Jiang, Schuster and Rostamizadeh, Is Margin All You Need? An Extensive Empirical Study of Active Learning"
        + " on Tabular Data", year: 2022, url: "https://arxiv.org/abs/2210.03822"),
    cost: "that of the strategy it resolves to")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Scores items by margin, which both phases order the rest of the queue by; see ``Margin/utilities(of:using:)``.
  public func utilities(
    of predictions: CommitteePredictions, using generator: inout SeededGenerator
  ) throws -> [Float] {
    try Margin().utilities(of: predictions, using: &generator)
  }

  /// Lets the resolved strategy choose; `strategyUsed` names it and `reason` says why.
  ///
  /// - Throws: ``SamplingError`` where the pool's arrays disagree.
  /// - Complexity: that of the strategy it resolves to.
  public func select(_ count: Int, from pool: ScoredPool, using generator: inout SeededGenerator) throws -> Selection {
    try pool.validate()
    let policy = AutoPolicy.resolve(
      labels: pool.labelledClasses, classes: pool.classes, hasModel: !pool.utilities.isEmpty,
      hasFeatures: (pool.features?.columns ?? 0) > 0)
    let resolved = try StrategyRegistry.make(name: policy.name)
    var selection = try resolved.select(count, from: pool, using: &generator)
    selection.reason = selection.reason.map { "\(policy.reason) \($0)" } ?? policy.reason
    return selection
  }
}
