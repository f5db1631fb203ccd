import Tensors

/// Asks where the model's confidence lies below a threshold that follows the stream.
///
/// The threshold `θ` starts at 1. Each question lowers it by the factor `1 − s`, each item let go raises it by `1 + s`, so that
/// an easy stream asks about its hardest items and a hard one isn't spent on its first. While the budget is closed it rests.
/// Source: Žliobaitė, Bifet, Pfahringer and Holmes, "Active Learning With Drifting Streaming Data", 2014, algorithm 3.
public struct VariableUncertainty: StreamStrategy {
  static let stepParameter = StrategyParameter(
    name: "step", kind: .number, defaultValue: 0.01, minimum: 1e-6, maximum: 0.5,
    summary: "By which share the threshold moves with each item.")

  /// What `variable_uncertainty` is and needs.
  public static let descriptor = StrategyDescriptor(
    name: "variable_uncertainty",
    summary: "Asks below a confidence threshold that falls with each question and rises without.",
    parameters: [stepParameter],
    needs: [.probabilities],
    reference: StrategyReference(
      paper: "Žliobaitė, Bifet, Pfahringer and Holmes, Active Learning With Drifting Streaming Data", year: 2014,
      url: "https://doi.org/10.1109/TNNLS.2012.2236570"),
    cost: "O(c) an item")

  private let step: Double

  /// Makes the strategy.
  ///
  /// - Parameter step: by which share `s` the threshold moves with each item, above 0 and below 1.
  public init(step: Double = 0.01) { self.step = step }

  /// Decides by `1 − p₁ > 1 − θ`, within the budget; see ``StreamStrategy/decide(probabilities:budget:state:)``.
  public func decide(probabilities: [Float]?, budget: Double, state: StreamState) throws -> StreamDecision {
    let gate = try BudgetGate(budget: budget, state: state)
    try requireDistribution(probabilities)
    if let answer = askForLackOfModel(probabilities, state: state, gate: gate) { return answer }
    let confidence = Double(min(1, probabilities?.max() ?? 1))
    let theta = state.confidenceThreshold
    let wanted = confidence < theta
    return StreamDecision(
      wanted: wanted, utility: 1 - confidence, threshold: 1 - theta, state: state, gate: gate,
      thresholdAfter: theta * (wanted ? 1 - step : 1 + step))
  }
}

/// Checks one row of probabilities, where there is one.
func requireDistribution(_ probabilities: [Float]?) throws {
  guard let probabilities else { return }
  try CommitteePredictions(members: 1, items: 1, classes: probabilities.count, values: probabilities)
    .requireDistributions()
}
