public import Domain

/// Something that an examination of a data folder found.
public struct Finding: Sendable {
  /// How much it matters.
  public enum Level: String, Sendable {
    /// As it should be.
    case sound
    /// Harmless, and better mended.
    case note
    /// Needs somebody's attention.
    case problem
  }

  /// What was examined, as programs know it: `database`, `pictures`, `features`, `models`, `states`, ….
  public let check: String
  /// How much it matters.
  public let level: Level
  /// What was found, on one line.
  public let text: String
  /// How it can be mended without touching a label; `nil` where it cannot.
  public let remedy: Remedy?

  init(_ check: String, _ level: Level, _ text: String, remedy: Remedy? = nil) {
    self.check = check
    self.level = level
    self.text = text
    self.remedy = remedy
  }

  /// Whether it needs somebody's attention.
  public var isProblem: Bool { level == .problem }
}

/// What makes a finding go away.
public enum Remedy: Sendable, Equatable {
  /// Removes files that nothing refers to, or that are computed again.
  case remove([String])
  /// Works the states of a project's items out anew, from what was said about them.
  case recomputeStates(ProjectID)
  /// Asks for a round, which makes features and a model.
  case requestRound(ProjectID)
  /// Removes leases of items that are gone.
  case removeLeases
  /// Takes everybody's rights but the owner's away.
  case restrict(String)
}
