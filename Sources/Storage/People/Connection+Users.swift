public import Domain
import GRDB

extension Connection {
  /// The user of that name, made where there is none; a name that differs in case alone is the same.
  public func user(named name: String, now: Timestamp) throws -> User {
    if let known = try knownUser(named: name) { return known }
    let id = try insert("INSERT INTO user(name, created_at) VALUES (?, ?)", name, now.milliseconds)
    return User(id: UserID(id), name: name)
  }

  /// The user of that name, exactly or, where only one fits, but for the case of ASCII letters.
  public func knownUser(named name: String) throws -> User? {
    let fit = try all("SELECT id, name FROM user WHERE lower(name) = lower(?) LIMIT 100", name) {
      User(id: UserID($0[0]), name: $0[1])
    }
    return fit.first { $0.name == name } ?? (fit.count == 1 ? fit[0] : nil)
  }

  /// The names of users by their identifiers.
  public func userNames() throws -> [UserID: String] {
    let pairs = try all("SELECT id, name FROM user") { (UserID($0[0]), $0[1] as String) }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  private static let accountColumns = """
    SELECT id, name, role, created_at, disabled_at, signed_in_at, password IS NOT NULL,
      max(coalesce(signed_in_at, 0), coalesce((SELECT max(seen_at) FROM session WHERE user_id = user.id), 0)) FROM user
    """

  private static func account(_ row: Row) throws -> Account {
    Account(
      user: User(id: UserID(row[0]), name: row[1]), role: try role(row[2]), createdAt: Timestamp(milliseconds: row[3]),
      disabledAt: (row[4] as Int64?).map(Timestamp.init(milliseconds:)),
      signedInAt: (row[5] as Int64?).map(Timestamp.init(milliseconds:)),
      seenAt: row[7] as Int64 > 0 ? Timestamp(milliseconds: row[7]) : nil, hasPassword: row[6])
  }

  static func role(_ text: String) throws -> Role {
    guard let role = Role(rawValue: text) else {
      throw StorageError.notADatabase(path: "user", reason: "unknown role “\(text)”")
    }
    return role
  }

  /// An account.
  public func account(_ id: UserID) throws -> Account? {
    try first(Self.accountColumns + " WHERE id = ?", id.rawValue, as: Self.account)
  }

  /// A page of accounts, oldest first.
  public func accounts(after: UserID?, limit: Int) throws -> [Account] {
    try all(
      Self.accountColumns + " WHERE id > ? ORDER BY id LIMIT ?", after?.rawValue ?? 0, limit, as: Self.account)
  }

  /// The accounts that run the server and may sign in, oldest first.
  public func enabledAdmins() throws -> [Account] {
    try all(
      Self.accountColumns + " WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id", as: Self.account)
  }

  /// Makes a user with a role.
  public func insertUser(named name: String, role: Role, now: Timestamp) throws -> User {
    let id = try insert(
      "INSERT INTO user(name, role, created_at) VALUES (?, ?, ?)", name, role.rawValue, now.milliseconds)
    return User(id: UserID(id), name: name)
  }

  /// Changes a user's name.
  public func setName(_ name: String, of user: UserID) throws {
    try run("UPDATE user SET name = ? WHERE id = ?", name, user.rawValue)
  }

  /// Changes a user's role; their sessions get new secrets at their next visit.
  public func setRole(_ role: Role, of user: UserID) throws {
    try run("UPDATE user SET role = ? WHERE id = ?", role.rawValue, user.rawValue)
    try run("UPDATE session SET rotated_at = 0 WHERE user_id = ?", user.rawValue)
  }

  /// Shuts a user out, or lets them in again.
  public func setDisabled(_ since: Timestamp?, of user: UserID) throws {
    try run("UPDATE user SET disabled_at = ? WHERE id = ?", since?.milliseconds, user.rawValue)
  }

  /// Notes a sign-in.
  public func noteSignIn(of user: UserID, at now: Timestamp) throws {
    try run("UPDATE user SET signed_in_at = ? WHERE id = ?", now.milliseconds, user.rawValue)
  }

  /// What a user's password is checked against.
  public func passwordHash(of user: UserID) throws -> String? {
    try first("SELECT password FROM user WHERE id = ? AND disabled_at IS NULL", user.rawValue) { $0[0] as String? }
      ?? nil
  }

  /// Keeps the hash of a password.
  public func setPasswordHash(_ hash: String?, of user: UserID) throws {
    try run("UPDATE user SET password = ? WHERE id = ?", hash, user.rawValue)
  }

  /// Whether something was said or decided under a user's name that has to stay.
  public func hasHistory(_ user: UserID) throws -> Bool {
    let id = user.rawValue
    return try first(
      """
      SELECT EXISTS (SELECT 1 FROM annotation WHERE annotator_id = ?1)
        OR EXISTS (SELECT 1 FROM retraction WHERE user_id = ?1) OR EXISTS (SELECT 1 FROM adjudication WHERE user_id = ?1)
        OR EXISTS (SELECT 1 FROM restoration WHERE user_id = ?1) OR EXISTS (SELECT 1 FROM lease WHERE annotator_id = ?1)
      """, id
    ) { $0[0] as Bool } ?? false
  }

  /// Removes a user with their tokens, sessions and memberships.
  public func deleteUser(_ user: UserID) throws {
    try run("DELETE FROM user WHERE id = ?", user.rawValue)
  }
}
