/// The hard limit that every stream manager asks within, whatever its utilities say.
///
/// The first condition is the budget estimate of Žliobaitė et al. (2014): `û ← û·(w − 1)/w + asked`, open while
/// `û/w < budget`. Alone it overspends where the budget is below `1/w` (at 0.001 fourfold), since one question outweighs
/// a window. An allowance closes that: it grows by the budget with each item up to `max(1, w·budget)`, and a question
/// costs 1. Of any `m` consecutive items at most `budget·m + max(1, w·budget)` are asked.
struct BudgetGate: Sendable, Hashable {
  /// The number of items that the estimate looks back over, `w`.
  static let window = 100.0

  let budget: Double
  private let spentBefore: Double
  /// The allowance with this item's share in it.
  private let allowanceNow: Double

  /// Looks at a state under a budget, which may differ from item to item.
  ///
  /// - Throws: ``SamplingError/budgetOutOfRange(_:)``.
  init(budget: Double, state: StreamState) throws {
    guard budget >= 0, budget <= 1 else { throw SamplingError.budgetOutOfRange(budget) }
    self.budget = budget
    spentBefore = state.spent
    let most = max(1, Self.window * budget)
    allowanceNow = min(most, (state.allowance ?? most) + budget)
  }

  /// Whether a question may be asked now: never under a budget of 0, always under a budget of 1.
  var isOpen: Bool {
    if budget >= 1 { return true }
    // The slack is for sums such as ten times 0.1, which falls short of 1.
    return spentBefore / Self.window < budget && allowanceNow >= 1 - 1e-9
  }

  func spent(after asked: Bool) -> Double {
    min(Self.window, spentBefore * (Self.window - 1) / Self.window + (asked ? 1 : 0))
  }

  func allowance(after asked: Bool) -> Double { max(0, allowanceNow - (asked ? 1 : 0)) }
}
