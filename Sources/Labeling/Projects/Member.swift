public import Domain
public import Storage

/// Somebody who labels in a project, or has labelled there.
public struct Member: Sendable {
  /// Who it is.
  public let account: Account
  /// Whether they are a member: engineers and administrators may label without being one.
  public let isMember: Bool
  /// What they have done in the project.
  public let activity: Activity
  /// Items that they hold now.
  public let held: Int
}
