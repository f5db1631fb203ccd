/// Asks what is among the most uncertain of the last items, and a little more or less as the budget is saved or spent.
///
/// The threshold is the `1 − budget` quantile of the last `w` utilities, this item's included, less their range times the
/// questions saved over the tolerance. Questions saved are counted from a half-full allowance, so that the balance cannot
/// grow without bound on a long stream.
/// Source: Kottke, Krempl and Spiliopoulou, "Probabilistic Active Learning in Datastreams", 2015.
public struct BalancedIncrementalQuantile: StreamStrategy {
  /// What `balanced_incremental_quantile` is and needs.
  public static let descriptor = StrategyDescriptor(
    name: "balanced_incremental_quantile",
    summary: "Asks what is more uncertain than all but the budget's share of the last items.",
    parameters: [
      StrategyParameter(
        name: "window", kind: .integer, defaultValue: 100, minimum: 2, maximum: 10_000,
        summary: "How many of the last items the quantile is taken over."),
      StrategyParameter(
        name: "tolerance", kind: .number, defaultValue: 50, minimum: 1, maximum: 10_000,
        summary: "Questions saved that lower the threshold by the whole range of utilities."),
    ],
    needs: [.probabilities],
    reference: StrategyReference(
      paper: "Kottke, Krempl and Spiliopoulou, Probabilistic Active Learning in Datastreams", year: 2015,
      url: "https://doi.org/10.1007/978-3-319-24465-5_13"),
    cost: "O(c + w log w) an item")

  private let window: Int
  private let tolerance: Double

  /// Makes the strategy.
  ///
  /// - Parameters:
  ///   - window: how many of the last items the quantile is taken over, at least 2.
  ///   - tolerance: questions saved that lower the threshold by the whole range of utilities, at least 1.
  public init(window: Int = 100, tolerance: Double = 50) {
    self.window = window
    self.tolerance = tolerance
  }

  /// Decides by `1 − p₁ ≥ quantile − range·saved/tolerance`; see ``StreamStrategy/decide(probabilities:budget:state:)``.
  public func decide(probabilities: [Float]?, budget: Double, state: StreamState) throws -> StreamDecision {
    let gate = try BudgetGate(budget: budget, state: state)
    try requireDistribution(probabilities)
    if let answer = askForLackOfModel(probabilities, state: state, gate: gate) { return answer }
    let utility = Double(1 - min(1, probabilities?.max() ?? 1))
    let recent = Array(((state.recentUtilities ?? []) + [utility]).suffix(window))
    let sorted = recent.sorted()
    let position = (1 - budget) * Double(sorted.count - 1)
    let (below, part) = (Int(position), position - position.rounded(.down))
    let above = min(below + 1, sorted.count - 1)
    let quantile = sorted[below] + part * (sorted[above] - sorted[below])
    let range = sorted[sorted.count - 1] - sorted[0]
    let threshold = quantile - range * gate.saved / tolerance
    return StreamDecision(
      wanted: utility >= threshold, utility: utility, threshold: threshold, state: state, gate: gate,
      thresholdAfter: state.confidenceThreshold, recentUtilities: recent)
  }
}
