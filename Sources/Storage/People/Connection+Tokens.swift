public import Domain
import Foundation
import GRDB

extension Connection {
  /// Keeps a new token by its hash.
  @discardableResult
  public func insertToken(
    user: UserID, role: Role, hash: [UInt8], note: String? = nil, now: Timestamp, expiresAt: Timestamp?
  ) throws -> Int64 {
    try insert(
      "INSERT INTO token(user_id, role, hash, note, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
      user.rawValue, role.rawValue, Data(hash), note, now.milliseconds, expiresAt?.milliseconds)
  }

  /// What the token with that hash allows, if it still holds and its user is not shut out.
  public func token(hash: [UInt8], now: Timestamp) throws -> Credential? {
    try first(
      """
      SELECT token.id, user.id, user.name, token.role, user.role, token.expires_at
      FROM token JOIN user ON user.id = token.user_id
      WHERE hash = ? AND revoked_at IS NULL AND disabled_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
      """, Data(hash), now.milliseconds
    ) { row in
      Credential(
        proof: .token(id: row[0]),
        principal: Principal(
          user: User(id: UserID(row[1]), name: row[2]), role: min(try Self.role(row[3]), try Self.role(row[4]))),
        expiresAt: (row[5] as Int64?).map(Timestamp.init(milliseconds:)))
    }
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

  /// Ends a token, and with it the sessions that it opened.
  ///
  /// - Returns: whether it still held.
  public func revokeToken(_ id: Int64, now: Timestamp) throws -> Bool {
    try run("UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now.milliseconds, id)
    let ended = db.changesCount > 0
    try run("DELETE FROM session WHERE token_id = ?", id)
    return ended
  }

  /// Whether a user has a token that still holds.
  public func hasToken(_ user: UserID, now: Timestamp) throws -> Bool {
    try first(
      "SELECT 1 FROM token WHERE user_id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)",
      user.rawValue, now.milliseconds
    ) { _ in true } ?? false
  }

  private static let listed = """
    SELECT token.id, user.id, user.name, token.role, note, token.created_at, expires_at, revoked_at
    FROM token JOIN user ON user.id = token.user_id
    """

  private static func listing(_ row: Row) throws -> TokenListing {
    TokenListing(
      id: row[0], user: User(id: UserID(row[1]), name: row[2]), role: try role(row[3]), note: row[4],
      createdAt: Timestamp(milliseconds: row[5]), expiresAt: (row[6] as Int64?).map(Timestamp.init(milliseconds:)),
      revokedAt: (row[7] as Int64?).map(Timestamp.init(milliseconds:)))
  }

  /// One token, whether it holds or not.
  public func tokenListing(_ id: Int64) throws -> TokenListing? {
    try first(Self.listed + " WHERE token.id = ?", id, as: Self.listing)
  }

  /// A page of tokens, of one user or of all, oldest first, ended ones too.
  public func tokens(of user: UserID?, after: Int64?, limit: Int) throws -> [TokenListing] {
    guard let user else {
      return try all(
        Self.listed + " WHERE token.id > ? ORDER BY token.id LIMIT ?", after ?? 0, limit, as: Self.listing)
    }
    return try all(
      Self.listed + " WHERE token.user_id = ? AND token.id > ? ORDER BY token.id LIMIT ?", user.rawValue, after ?? 0,
      limit, as: Self.listing)
  }
}
