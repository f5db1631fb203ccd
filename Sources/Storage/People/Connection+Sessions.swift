public import Domain
import Foundation
import GRDB

/// A browser's sign-in about to be kept.
public struct NewSession: Sendable {
  /// The hash of its secret.
  public var hash: [UInt8]
  /// Whose it is.
  public var user: UserID
  /// The token that opened it, with which it ends.
  public var token: Int64?
  /// How it came to be.
  public var openedBy: SessionState.Origin
  /// Whether a password may be chosen without the present one.
  public var mayChoosePassword: Bool
  /// Where it was opened from.
  public var address: String?
  /// What the browser calls itself.
  public var agent: String?
  /// When it ends.
  public var expiresAt: Timestamp

  /// Puts a session together.
  public init(
    hash: [UInt8], user: UserID, token: Int64? = nil, openedBy: SessionState.Origin, mayChoosePassword: Bool = false,
    address: String? = nil, agent: String? = nil, expiresAt: Timestamp
  ) {
    self.hash = hash
    self.user = user
    self.token = token
    self.openedBy = openedBy
    self.mayChoosePassword = mayChoosePassword
    self.address = address
    self.agent = agent
    self.expiresAt = expiresAt
  }
}

extension Connection {
  /// Sessions that one user may have at a time; the oldest end for newer ones.
  static let sessionsPerUser = 100

  /// Keeps a browser's sign-in by its hash, and forgets those that have ended.
  @discardableResult
  public func insertSession(_ new: NewSession, now: Timestamp) throws -> Int64 {
    try run("DELETE FROM session WHERE expires_at <= ?", now.milliseconds)
    let id = try insert(
      """
      INSERT INTO session(hash, user_id, token_id, opened_by, may_choose_password, address, agent, created_at, seen_at,
        rotated_at, expires_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8, ?9)
      """, Data(new.hash), new.user.rawValue, new.token, new.openedBy.rawValue, new.mayChoosePassword ? 1 : 0,
      new.address, new.agent, now.milliseconds, new.expiresAt.milliseconds)
    try run(
      """
      DELETE FROM session WHERE user_id = ?1 AND id <=
        (SELECT id FROM session WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET \(Self.sessionsPerUser))
      """, new.user.rawValue)
    return id
  }

  /// What a session allows, if it and all that it hangs on still hold.
  ///
  /// - Parameters:
  ///   - usedSince: sessions that were last used before have ended.
  ///   - rotatedSince: until when the secret before the last rotation is taken.
  public func session(
    hash: [UInt8], now: Timestamp, usedSince: Timestamp, rotatedSince: Timestamp
  ) throws -> Credential? {
    try first(
      """
      SELECT session.id, user.id, user.name, coalesce(token.role, user.role), user.role, session.expires_at, opened_by,
        seen_at, rotated_at, may_choose_password, session.hash <> ?1
      FROM session JOIN user ON user.id = session.user_id LEFT JOIN token ON token.id = session.token_id
      WHERE (session.hash = ?1 OR (previous_hash = ?1 AND rotated_at > ?4)) AND session.expires_at > ?2 AND seen_at > ?3
        AND disabled_at IS NULL AND (session.token_id IS NULL
          OR (revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > ?2)))
      """, Data(hash), now.milliseconds, usedSince.milliseconds, rotatedSince.milliseconds
    ) { row in
      Credential(
        proof: .session(
          SessionState(
            id: row[0], openedBy: SessionState.Origin(rawValue: row[6]) ?? .token,
            seenAt: Timestamp(milliseconds: row[7]), rotatedAt: Timestamp(milliseconds: row[8]),
            mayChoosePassword: row[9], isFormerSecret: row[10])),
        principal: Principal(
          user: User(id: UserID(row[1]), name: row[2]), role: min(try Self.role(row[3]), try Self.role(row[4]))),
        expiresAt: Timestamp(milliseconds: row[5]))
    }
  }

  /// Gives a session another secret.
  ///
  /// - Returns: whether it had the old one until now.
  public func rotateSession(from old: [UInt8], to new: [UInt8], now: Timestamp) throws -> Bool {
    try run(
      "UPDATE session SET previous_hash = hash, hash = ?, rotated_at = ? WHERE hash = ?", Data(new), now.milliseconds,
      Data(old))
    return db.changesCount > 0
  }

  /// Notes that a session is in use.
  public func noteUse(ofSession id: Int64, at now: Timestamp) throws {
    try run("UPDATE session SET seen_at = ? WHERE id = ?", now.milliseconds, id)
  }

  /// A page of a user's sessions, or of everybody's, oldest first.
  public func sessions(
    of user: UserID?, now: Timestamp, usedSince: Timestamp, after: Int64?, limit: Int
  ) throws -> [SessionListing] {
    try all(
      """
      SELECT session.id, user.id, user.name, opened_by, address, agent, session.created_at, seen_at, expires_at
      FROM session JOIN user ON user.id = user_id
      WHERE user_id BETWEEN ? AND ? AND session.id > ? AND expires_at > ? AND seen_at > ?
      ORDER BY session.id LIMIT ?
      """, user?.rawValue ?? 0, user?.rawValue ?? Int64.max, after ?? 0, now.milliseconds, usedSince.milliseconds,
      limit, as: Self.listing)
  }

  private static func listing(_ row: Row) -> SessionListing {
    SessionListing(
      id: row[0], user: User(id: UserID(row[1]), name: row[2]),
      openedBy: SessionState.Origin(rawValue: row[3]) ?? .token, address: row[4], agent: row[5],
      createdAt: Timestamp(milliseconds: row[6]), seenAt: Timestamp(milliseconds: row[7]),
      expiresAt: Timestamp(milliseconds: row[8]))
  }

  /// Whose a session is.
  public func owner(ofSession id: Int64) throws -> User? {
    try first("SELECT user.id, user.name FROM session JOIN user ON user.id = user_id WHERE session.id = ?", id) {
      User(id: UserID($0[0]), name: $0[1])
    }
  }

  /// Ends a session.
  public func deleteSession(_ id: Int64) throws { try run("DELETE FROM session WHERE id = ?", id) }

  /// Ends the session with a secret.
  public func deleteSession(hash: [UInt8]) throws { try run("DELETE FROM session WHERE hash = ?", Data(hash)) }

  /// Ends all sessions of a user, but for one.
  ///
  /// - Returns: how many were ended.
  public func deleteSessions(of user: UserID, but kept: Int64? = nil) throws -> Int {
    try run("DELETE FROM session WHERE user_id = ? AND id <> ?", user.rawValue, kept ?? 0)
    return db.changesCount
  }

  /// From now on the present password is asked for before another is chosen.
  public func closePasswordChoice(of user: UserID) throws {
    try run("UPDATE session SET may_choose_password = 0 WHERE user_id = ?", user.rawValue)
  }
}

extension Connection {
  /// Keeps a one-time link by its hash; earlier ones of the same user end.
  public func insertLink(hash: [UInt8], user: UserID, now: Timestamp, expiresAt: Timestamp) throws {
    try deleteLinks(of: user)
    try run("DELETE FROM link WHERE expires_at <= ?", now.milliseconds)
    try run(
      "INSERT INTO link(hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)", Data(hash), user.rawValue,
      now.milliseconds, expiresAt.milliseconds)
  }

  /// Uses a link up.
  ///
  /// - Returns: whose it is; `nil` where it is not known, was used, has ended, or its user is shut out.
  public func useLink(hash: [UInt8], now: Timestamp) throws -> Account? {
    let found = try first(
      """
      SELECT user_id FROM link JOIN user ON user.id = user_id
      WHERE hash = ? AND used_at IS NULL AND expires_at > ? AND disabled_at IS NULL
      """, Data(hash), now.milliseconds
    ) { UserID($0[0]) }
    guard let found else { return nil }
    try run("UPDATE link SET used_at = ? WHERE hash = ?", now.milliseconds, Data(hash))
    return try account(found)
  }

  /// Ends the links of a user.
  public func deleteLinks(of user: UserID) throws { try run("DELETE FROM link WHERE user_id = ?", user.rawValue) }
}
