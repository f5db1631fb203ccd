/// The limits within which every stream manager asks, whatever its utilities say: neither more nor less than its budget.
///
/// **Ceiling.** The first condition is the budget estimate of Žliobaitė et al. (2014): `û ← û·(w − 1)/w + asked`, open while
/// `û/w < budget`. Alone it overspends where the budget is below `1/w` (at 0.001 fourfold), since one question outweighs
/// a window. An allowance closes that: it grows by the budget with each item up to `max(1, w·budget)`, and a question
/// costs 1. Of any `m` consecutive items at most `budget·m + max(1, w·budget)` are asked.
///
/// **Floor.** What the allowance cannot hold is lost. A manager may let a twentieth of its budget be lost while it waits for
/// an item that it wants; beyond that the next item is asked, wanted or not, so that a stream that looks easy throughout is
/// still sampled, and drift is noticed. Of any `m` consecutive items at least
/// `0.95·budget·m − max(1, w·budget) − patience − 1` are asked, with the most patience at half of the allowance's.
struct BudgetGate: Sendable, Hashable {
  /// The number of items that the estimate looks back over, `w`.
  static let window = 100.0
  /// The share of the budget that may be lost to waiting.
  static let waste = 0.05

  let budget: Double
  private let spentBefore: Double
  /// The allowance with this item's share in it, which may find no room.
  private let grown: Double
  /// The most that the allowance can hold.
  private let most: Double
  /// What may still be lost, with this item's share in it.
  private let patienceNow: Double

  /// Looks at a state under a budget, which may differ from item to item.
  ///
  /// - Throws: ``SamplingError/budgetOutOfRange(_:)``.
  init(budget: Double, state: StreamState) throws {
    guard budget >= 0, budget <= 1 else { throw SamplingError.budgetOutOfRange(budget) }
    self.budget = budget
    spentBefore = state.spent
    most = max(1, Self.window * budget)
    grown = min(most, state.allowance ?? most) + budget
    patienceNow = min(most / 2, (state.patience ?? 0) + Self.waste * budget)
  }

  /// Whether a question may be asked now: never under a budget of 0, always under a budget of 1.
  var isOpen: Bool {
    if budget >= 1 { return true }
    // The slack is for sums such as ten times 0.1, which falls short of 1.
    return spentBefore / Self.window < budget && min(most, grown) >= 1 - 1e-9
  }

  /// What of this item's share finds no room in the allowance.
  private var overflow: Double { max(0, grown - most) }

  /// Whether a question must be asked now, since the budget would be lost otherwise.
  var isOverdue: Bool { isOpen && overflow > patienceNow + 1e-9 }

  /// Questions saved, counted from a half-full allowance: negative where more than the budget was spent lately.
  var saved: Double { min(most, grown) - most / 2 }

  func spent(after asked: Bool) -> Double {
    min(Self.window, spentBefore * (Self.window - 1) / Self.window + (asked ? 1 : 0))
  }

  func allowance(after asked: Bool) -> Double { asked ? max(0, grown - 1) : min(most, grown) }

  /// A question makes room, so that nothing is lost.
  func patience(after asked: Bool) -> Double { asked ? patienceNow : max(0, patienceNow - overflow) }
}
