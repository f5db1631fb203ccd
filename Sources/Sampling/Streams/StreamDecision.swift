/// Whether an item of a stream is asked, and by which comparison; it changes nothing until it is committed.
public struct StreamDecision: Sendable, Hashable {
  /// True where a person is asked, false where the item passes by.
  public let isQuery: Bool
  /// The item's utility in `0...1`: how unsure the model is, or the random draw; 1 where there is no model to say.
  public let utility: Double
  /// The utility above which the item is wanted, and asked if the budget allows it.
  public let threshold: Double
  /// The share of the last window that was asked, this decision included, in `0...1`: `û / w`.
  public let budgetSpent: Double
  /// Why, where it isn't the comparison of utility and threshold; nil where it is.
  public let reason: String?

  /// The number of items decided before.
  let position: Int
  let gate: BudgetGate
  /// `θ` once this is committed.
  let confidenceThreshold: Double
  /// The utilities to remember once this is committed; nil where the strategy keeps none.
  let recentUtilities: [Double]?

  /// Combines what a strategy wants with what the budget allows and demands.
  ///
  /// - Parameter thresholdAfter: `θ` once this is committed, where the gate is open; a closed gate leaves it alone.
  init(
    wanted: Bool, utility: Double, threshold: Double, state: StreamState, gate: BudgetGate, thresholdAfter: Double,
    recentUtilities: [Double]? = nil, reason: String? = nil
  ) {
    isQuery = gate.isOpen && (wanted || gate.isOverdue)
    self.utility = utility
    self.threshold = threshold
    self.reason =
      !gate.isOpen
      ? "The budget of \(gate.budget) is spent for now."
      : wanted ? reason : gate.isOverdue ? "Nothing looked worth asking for long: the budget would be lost." : reason
    self.gate = gate
    self.recentUtilities = recentUtilities
    position = state.seen
    budgetSpent = gate.spent(after: isQuery) / BudgetGate.window
    confidenceThreshold = gate.isOpen ? thresholdAfter : state.confidenceThreshold
  }

  /// `query` or `discard`, as in REST answers.
  public var decision: String { isQuery ? "query" : "discard" }
}
