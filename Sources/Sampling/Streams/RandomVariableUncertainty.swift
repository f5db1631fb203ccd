import Tensors

/// The variable threshold, multiplied by a random number for each item, so that no region of the stream is never asked.
///
/// The factor is drawn from N(1, spread²) by the state's seed and position alone.
/// Source: Žliobaitė et al., 2014, algorithm 4.
public struct RandomVariableUncertainty: StreamStrategy {
  /// What `random_variable_uncertainty` is and needs.
  public static let descriptor = StrategyDescriptor(
    name: "random_variable_uncertainty",
    summary: "As variable_uncertainty, with a threshold that is multiplied by a random number near 1 for each item.",
    parameters: [
      VariableUncertainty.stepParameter,
      StrategyParameter(
        name: "spread", kind: .number, defaultValue: 1, minimum: 0, maximum: 10,
        summary: "The standard deviation of the random factor."),
    ],
    needs: [.probabilities], reference: VariableUncertainty.descriptor.reference, cost: "O(c) an item")

  private let step: Double
  private let spread: Double

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - step: by which share `s` the threshold moves with each item, above 0 and below 1.
  ///   - spread: the standard deviation of the random factor, 0 or more.
  public init(step: Double = 0.01, spread: Double = 1) {
    self.step = step
    self.spread = spread
  }

  /// Decides by `p₁ < θ·N(1, spread²)`, within the budget; see ``StreamStrategy/decide(probabilities:budget:state:)``.
  public func decide(probabilities: [Float]?, budget: Double, state: StreamState) throws -> StreamDecision {
    let gate = try BudgetGate(budget: budget, state: state)
    try requireDistribution(probabilities)
    if let answer = askForLackOfModel(probabilities, state: state, gate: gate) { return answer }
    let confidence = Double(min(1, probabilities?.max() ?? 1))
    var generator = SeededGenerator(seed: state.seed, stream: UInt64(state.seen))
    let theta = state.confidenceThreshold * (1 + spread * Double(generator.normal()))
    let wanted = confidence < theta
    return StreamDecision(
      wanted: wanted, utility: 1 - confidence, threshold: 1 - theta, state: state, gate: gate,
      thresholdAfter: state.confidenceThreshold * (wanted ? 1 - step : 1 + step))
  }
}
