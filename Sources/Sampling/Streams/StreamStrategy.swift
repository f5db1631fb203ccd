/// A rule that says, item by item as they arrive, whether a person should label this one.
///
/// Deciding is pure: randomness comes from the state's seed and position, so the same state and item give the same decision.
/// The server commits the decision to the state once the item is queued or discarded.
public protocol StreamStrategy: Sendable {
  /// Name, parameters, needs and paper.
  static var descriptor: StrategyDescriptor { get }

  /// Decides about one item.
  ///
  /// - Parameters:
  ///   - probabilities: the model's `(c)` probabilities; nil where there is no model. Then, and with fewer than two classes,
  ///     the item is asked as far as the budget goes.
  ///   - budget: the share of the stream that may be asked, in `0...1`: 0 asks nothing, 1 puts no limit. Over any `m` items in
  ///     a row at most `budget·m + max(1, 100·budget)` are asked, and in the long run no less than 0.95 of the budget: where
  ///     the strategy wants too few items, others are asked in their stead.
  ///   - state: what was decided before; not changed.
  /// - Throws: ``SamplingError/budgetOutOfRange(_:)``; ``SamplingError/notADistribution(row:member:sum:)`` (row 0).
  func decide(probabilities: [Float]?, budget: Double, state: StreamState) throws -> StreamDecision
}

extension StreamStrategy {
  /// The strategy's name, as in its descriptor.
  public var name: String { Self.descriptor.name }

  /// The decision where there is nothing to be unsure about; nil where the model knows two classes or more.
  func askForLackOfModel(_ probabilities: [Float]?, state: StreamState, gate: BudgetGate) -> StreamDecision? {
    if let probabilities, probabilities.count >= 2 { return nil }
    return StreamDecision(
      wanted: true, utility: 1, threshold: 0, state: state, gate: gate, thresholdAfter: state.confidenceThreshold,
      reason: probabilities == nil ? "There is no model yet." : "The model knows one class only.")
  }
}
