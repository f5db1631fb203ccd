public import Domain
import Foundation
import GRDB

/// A token as administrators see it: everything but its secret.
public struct TokenRecord: Sendable {
  /// Its number.
  public let id: Int64
  /// Whose it is and what it allows.
  public let principal: Principal
  /// When it ends by itself.
  public let expiresAt: Timestamp?
}

extension Connection {
  /// The user of that name, made where there is none.
  public func user(named name: String, now: Timestamp) throws -> User {
    if let id = try first("SELECT id FROM user WHERE name = ?", name, as: { $0[0] as Int64 }) {
      return User(id: UserID(id), name: name)
    }
    let id = try insert("INSERT INTO user(name, created_at) VALUES (?, ?)", name, now.milliseconds)
    return User(id: UserID(id), name: name)
  }

  /// The names of users by their identifiers.
  public func userNames() throws -> [UserID: String] {
    let pairs = try all("SELECT id, name FROM user") { (UserID($0[0]), $0[1] as String) }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  /// Keeps a new token by its hash.
  public func insertToken(user: UserID, role: Role, hash: [UInt8], now: Timestamp, expiresAt: Timestamp?) throws {
    try run(
      "INSERT INTO token(user_id, role, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
      user.rawValue, role.rawValue, Data(hash), now.milliseconds, expiresAt?.milliseconds)
  }

  /// The token with that hash, if it still holds.
  public func token(hash: [UInt8], now: Timestamp) throws -> TokenRecord? {
    try first(
      """
      SELECT token.id, user.id, user.name, token.role, token.expires_at FROM token JOIN user ON user.id = token.user_id
      WHERE hash = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
      """, Data(hash), now.milliseconds, as: Self.tokenRecord)
  }

  /// Ends every token of a user.
  ///
  /// - Returns: how many were ended.
  public func revokeTokens(ofUserNamed name: String, now: Timestamp) throws -> Int {
    try run(
      "UPDATE token SET revoked_at = ? WHERE revoked_at IS NULL AND user_id = (SELECT id FROM user WHERE name = ?)",
      now.milliseconds, name)
    return db.changesCount
  }

  /// Keeps a browser's sign-in by its hash, and forgets those that have ended.
  public func insertSession(hash: [UInt8], token: Int64, now: Timestamp, expiresAt: Timestamp) throws {
    try run("DELETE FROM session WHERE expires_at <= ?", now.milliseconds)
    try run(
      "INSERT INTO session(hash, token_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
      Data(hash), token, now.milliseconds, expiresAt.milliseconds)
  }

  /// The token behind a session, if both still hold; `expiresAt` is the session's.
  public func session(hash: [UInt8], now: Timestamp) throws -> TokenRecord? {
    try first(
      """
      SELECT token.id, user.id, user.name, token.role, session.expires_at FROM session
      JOIN token ON token.id = session.token_id JOIN user ON user.id = token.user_id
      WHERE session.hash = ?1 AND session.expires_at > ?2 AND revoked_at IS NULL
        AND (token.expires_at IS NULL OR token.expires_at > ?2)
      """, Data(hash), now.milliseconds, as: Self.tokenRecord)
  }

  /// Signs a browser out.
  public func deleteSession(hash: [UInt8]) throws {
    try run("DELETE FROM session WHERE hash = ?", Data(hash))
  }

  private static func tokenRecord(_ row: Row) throws -> TokenRecord {
    guard let role = Role(rawValue: row[3]) else {
      throw StorageError.notADatabase(path: "token", reason: "unknown role")
    }
    return TokenRecord(
      id: row[0], principal: Principal(user: User(id: UserID(row[1]), name: row[2]), role: role),
      expiresAt: (row[4] as Int64?).map(Timestamp.init(milliseconds:)))
  }

  /// Makes a user a member of a project.
  public func insertMember(_ user: UserID, of project: ProjectID) throws {
    try run("INSERT OR IGNORE INTO member(project_id, user_id) VALUES (?, ?)", project.rawValue, user.rawValue)
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

  /// Whether a user is a member of a project.
  public func isMember(_ user: UserID, of project: ProjectID) throws -> Bool {
    try first(
      "SELECT 1 FROM member WHERE project_id = ? AND user_id = ?", project.rawValue, user.rawValue, as: { _ in true }
    ) ?? false
  }
}
