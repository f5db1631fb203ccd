public import Domain
import GRDB

extension Connection {
  /// Makes a user a member of a project.
  ///
  /// - Returns: whether they were none.
  @discardableResult
  public func insertMember(_ user: UserID, of project: ProjectID) throws -> Bool {
    try run("INSERT OR IGNORE INTO member(project_id, user_id) VALUES (?, ?)", project.rawValue, user.rawValue)
    return db.changesCount > 0
  }

  /// Ends a membership.
  ///
  /// - Returns: whether there was one.
  public func deleteMember(_ user: UserID, of project: ProjectID) throws -> Bool {
    try run("DELETE FROM member WHERE project_id = ? AND user_id = ?", project.rawValue, user.rawValue)
    return db.changesCount > 0
  }

  /// The members of a project by name.
  public func members(of project: ProjectID) throws -> [User] {
    try all(
      "SELECT user.id, user.name FROM member JOIN user ON user.id = user_id WHERE project_id = ? ORDER BY user.name",
      project.rawValue
    ) { User(id: UserID($0[0]), name: $0[1]) }
  }

  /// The projects that users are members of, by the projects' identifiers, for users from one identifier to another.
  public func memberships(from first: UserID, to last: UserID) throws -> [UserID: [ProjectID]] {
    let pairs = try all(
      "SELECT user_id, project_id FROM member WHERE user_id BETWEEN ? AND ? ORDER BY user_id, project_id",
      first.rawValue, last.rawValue
    ) { (UserID($0[0]), ProjectID($0[1])) }
    return Dictionary(grouping: pairs, by: \.0).mapValues { $0.map(\.1) }
  }

  /// Whether a user is a member of a project.
  public func isMember(_ user: UserID, of project: ProjectID) throws -> Bool {
    try first(
      "SELECT 1 FROM member WHERE project_id = ? AND user_id = ?", project.rawValue, user.rawValue, as: { _ in true }
    ) ?? false
  }
}
