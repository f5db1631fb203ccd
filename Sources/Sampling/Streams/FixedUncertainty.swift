/// Asks where the model's confidence lies below a threshold that the budget alone sets.
///
/// The threshold is `1/c + budget·(1 − 1/c)`: the share of the range between a guess and certainty that the budget is. It
/// would spend its budget on a model whose confidence is uniform; on others the gate bounds it and the floor fills it up.
/// Source: Žliobaitė et al., 2014, algorithm 2.
public struct FixedUncertainty: StreamStrategy {
  /// What `fixed_uncertainty` is and needs.
  public static let descriptor = StrategyDescriptor(
    name: "fixed_uncertainty",
    summary: "Asks below a fixed confidence, 1/c + budget · (1 − 1/c).",
    needs: [.probabilities],
    reference: VariableUncertainty.descriptor.reference, cost: "O(c) an item")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Decides by `p₁ ≤ 1/c + budget·(1 − 1/c)`, within the budget; see ``StreamStrategy/decide(probabilities:budget:state:)``.
  public func decide(probabilities: [Float]?, budget: Double, state: StreamState) throws -> StreamDecision {
    let gate = try BudgetGate(budget: budget, state: state)
    try requireDistribution(probabilities)
    if let answer = askForLackOfModel(probabilities, state: state, gate: gate) { return answer }
    let confidence = Double(min(1, probabilities?.max() ?? 1))
    let guess = 1 / Double(probabilities?.count ?? 1)
    let theta = guess + budget * (1 - guess)
    return StreamDecision(
      wanted: confidence <= theta, utility: 1 - confidence, threshold: 1 - theta, state: state, gate: gate,
      thresholdAfter: state.confidenceThreshold)
  }
}
