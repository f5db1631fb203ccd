import Tensors

/// Asks a share of the items at random and the others by the variable threshold.
///
/// The random share sees the whole stream: it notices changes where the model is sure, and is an unbiased sample.
/// Source: Žliobaitė et al., 2014, algorithm 5.
public struct SplitStream: StreamStrategy {
  /// What `split` is and needs.
  public static let descriptor = StrategyDescriptor(
    name: "split",
    summary: "A random share of the items is asked at random, the others by variable_uncertainty.",
    parameters: [
      StrategyParameter(
        name: "random_share", kind: .number, defaultValue: 0.1, minimum: 0, maximum: 1,
        summary: "The share of items that is decided at random."),
      VariableUncertainty.stepParameter,
    ],
    needs: [.probabilities], reference: VariableUncertainty.descriptor.reference, cost: "O(c) an item")

  private let randomShare: Double
  private let uncertain: VariableUncertainty

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - randomShare: the share of items that is decided at random, in `0...1`.
  ///   - step: by which share the threshold of the others moves with each item, above 0 and below 1.
  public init(randomShare: Double = 0.1, step: Double = 0.01) {
    self.randomShare = randomShare
    uncertain = VariableUncertainty(step: step)
  }

  /// Lets one of the two strategies decide; see ``StreamStrategy/decide(probabilities:budget:state:)``.
  ///
  /// Which one depends on the state's seed and position alone.
  public func decide(probabilities: [Float]?, budget: Double, state: StreamState) throws -> StreamDecision {
    // Another stream of the seed than that of the random draw, which would otherwise depend on this one.
    var generator = SeededGenerator(seed: ~state.seed, stream: UInt64(state.seen))
    let isRandom = Double(generator.uniform()) < randomShare
    return isRandom
      ? try RandomStream().decide(probabilities: probabilities, budget: budget, state: state)
      : try uncertain.decide(probabilities: probabilities, budget: budget, state: state)
  }
}
