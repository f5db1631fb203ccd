import Tensors

/// Asks at random, as often as the budget says: the baseline that other stream strategies have to beat.
public struct RandomStream: StreamStrategy {
  /// What `random` is for streams, and needs.
  public static let descriptor = StrategyDescriptor(
    name: "random", summary: "Asks each item with the probability of the budget.", needs: [], cost: "O(c) an item")

  /// Makes the strategy; it has no parameters.
  public init() {}

  /// Decides by a draw from U(0,1) above `1 − budget`; see ``StreamStrategy/decide(probabilities:budget:state:)``.
  ///
  /// The draw depends on the state's seed and position alone.
  public func decide(probabilities: [Float]?, budget: Double, state: StreamState) throws -> StreamDecision {
    let gate = try BudgetGate(budget: budget, state: state)
    try requireDistribution(probabilities)
    if let answer = askForLackOfModel(probabilities, state: state, gate: gate) { return answer }
    var generator = SeededGenerator(seed: state.seed, stream: UInt64(state.seen))
    let draw = Double(generator.uniform())
    return StreamDecision(
      wanted: draw >= 1 - budget, utility: draw, threshold: 1 - budget, state: state, gate: gate,
      thresholdAfter: state.confidenceThreshold)
  }
}
