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
  ///     a row at most `budget·m + max(1, 100·budget)` are asked.
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

/// The stream strategies by name.
public enum StreamStrategyRegistry {
  /// Every stream strategy, the default first.
  public static let all: [StrategyDescriptor] = [VariableUncertainty.descriptor, RandomStream.descriptor]

  /// The strategy that is used where none is named.
  public static let defaultName = VariableUncertainty.descriptor.name

  /// Makes a stream strategy from its name and parameters.
  ///
  /// - Throws: ``SamplingError/unknownStrategy(name:known:)``, ``SamplingError/unknownParameter(strategy:name:known:)`` or
  ///   ``SamplingError/parameterOutOfRange(strategy:name:value:minimum:maximum:)``.
  public static func make(name: String, parameters: [String: Double] = [:]) throws -> any StreamStrategy {
    guard let descriptor = all.first(where: { $0.name == name }) else {
      throw SamplingError.unknownStrategy(name: name, known: all.map(\.name))
    }
    let values = try descriptor.resolve(parameters)
    if name == RandomStream.descriptor.name { return RandomStream() }
    return VariableUncertainty(step: values["step"] ?? VariableUncertainty.defaultStep)
  }
}
