/// A candidate in its place in a ranking.
public struct Ranked: Sendable, Hashable {
  /// The item's row in the feature matrix.
  public let row: Int
  /// Its utility under the strategy that chose it.
  public let utility: Float

  /// Pairs a row with its utility.
  public init(row: Int, utility: Float) {
    self.row = row
    self.utility = utility
  }
}

/// A candidate that was left out because another one, chosen already, is nearly the same.
public struct Collapsed: Sendable, Hashable {
  /// The row left out.
  public let row: Int
  /// The chosen row that stands for it.
  public let standIn: Int

  /// Pairs a row that is left out with the one asked in its stead.
  public init(row: Int, standIn: Int) {
    self.row = row
    self.standIn = standIn
  }
}

/// What a strategy chose, and how.
public struct Selection: Sendable, Hashable {
  /// The chosen candidates, best first, without repetition.
  public var chosen: [Ranked]
  /// The strategy that really chose: another than the one asked where that one couldn't work, or where it is a policy.
  public var strategyUsed: String
  /// Why it is another one, why the batch is short or empty, or why it is everything; nil where there is nothing to say.
  public var reason: String?
  /// Near-duplicates of chosen candidates that were left out.
  public var collapsed: [Collapsed]

  /// How many near-duplicates were left out.
  public var duplicatesCollapsed: Int { collapsed.count }

  /// Describes a selection.
  public init(chosen: [Ranked], strategyUsed: String, reason: String? = nil, collapsed: [Collapsed] = []) {
    self.chosen = chosen
    self.strategyUsed = strategyUsed
    self.reason = reason
    self.collapsed = collapsed
  }
}
