public import Domain
import Storage

/// What is to change about a user; `nil` stays as it is.
public struct UserChange: Sendable {
  /// Another name.
  public var name: String?
  /// Another role.
  public var role: Role?
  /// Whether they are shut out.
  public var isDisabled: Bool?

  /// Puts a change together.
  public init(name: String? = nil, role: Role? = nil, isDisabled: Bool? = nil) {
    self.name = name
    self.role = role
    self.isDisabled = isDisabled
  }
}

extension LabelingService {
  /// What is wrong with a name; `nil` for nothing.
  public static func complaint(aboutName name: String) -> FieldError? {
    guard (1...200).contains(name.utf8.count) else { return FieldError("/name", "A name has 1 to 200 bytes.") }
    let isClean = name.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
      default: true
      }
    }
    guard isClean, name.first?.isWhitespace == false, name.last?.isWhitespace == false else {
      return FieldError("/name", "A name has no invisible characters, and no blanks at its ends.")
    }
    return nil
  }

  /// The user of that name, made where there is none.
  public func user(named name: String) async throws -> User {
    let now = clock()
    return try await store.write { try $0.user(named: name, now: now) }
  }

  /// The account of that name, for tools beside the server.
  public func account(named name: String) throws -> Account? {
    try store.read { connection in try connection.knownUser(named: name).flatMap { try connection.account($0.id) } }
  }

  /// The names of all users.
  public func userNames() throws -> [UserID: String] { try store.read { try $0.userNames() } }

  /// An account.
  ///
  /// - Throws: ``LabelingError/notFound(_:)``.
  public func account(_ id: UserID) throws -> Account {
    guard let account = try store.read({ try $0.account(id) }) else { throw LabelingError.notFound("user \(id)") }
    return account
  }

  /// A page of accounts, oldest first.
  public func accounts(after: UserID?, limit: Int) throws -> [Account] {
    try store.read { try $0.accounts(after: after, limit: limit) }
  }

  /// The projects that people are members of, by identifier; who runs projects sees all of them besides.
  ///
  /// - Parameter users: in the order of their identifiers.
  public func memberships(of users: [UserID]) throws -> [UserID: [Project]] {
    guard let first = users.first, let last = users.last else { return [:] }
    return try store.read { try $0.memberships(from: first, to: last) }
      .mapValues { $0.compactMap { directory.overview($0)?.project } }
  }

  /// Makes a user.
  ///
  /// - Throws: ``LabelingError/invalid(_:)`` for a bad name, ``LabelingError/conflict(_:)`` where it is taken.
  public func createUser(named name: String, role: Role) async throws -> Account {
    if let complaint = Self.complaint(aboutName: name) { throw LabelingError.invalid([complaint]) }
    let now = clock()
    return try await store.write { connection in
      try connection.refuseTaken(name, butFor: nil)
      let user = try connection.insertUser(named: name, role: role, now: now)
      guard let account = try connection.account(user.id) else { throw LabelingError.notFound("user \(user.id)") }
      try connection.audit("user.create", AuditSubject("user", "\(user.id)"), after: account.audited, at: now)
      return account
    }
  }

  /// Changes a user; a lower role and a disabled account hold from the next request on.
  ///
  /// - Throws: ``LabelingError/conflict(_:)`` where nobody would be left to run the server.
  public func changeUser(_ id: UserID, _ change: UserChange) async throws -> Account {
    if let name = change.name, let complaint = Self.complaint(aboutName: name) {
      throw LabelingError.invalid([complaint])
    }
    let now = clock()
    let changed = try await store.write { connection in
      guard let before = try connection.account(id) else { throw LabelingError.notFound("user \(id)") }
      if (change.role ?? .admin) < .admin || change.isDisabled == true { try connection.refuseLastAdmin(before) }
      if let name = change.name, name != before.user.name {
        try connection.refuseTaken(name, butFor: id)
        try connection.setName(name, of: id)
      }
      if let role = change.role, role != before.role { try connection.setRole(role, of: id) }
      if let isDisabled = change.isDisabled, isDisabled != (before.disabledAt != nil) {
        try connection.setDisabled(isDisabled ? now : nil, of: id)
        if isDisabled {
          _ = try connection.deleteSessions(of: id)
          try connection.deleteLinks(of: id)
        }
      }
      guard let after = try connection.account(id) else { throw LabelingError.notFound("user \(id)") }
      if after != before {
        try connection.audit(
          "user.change", AuditSubject("user", "\(id)"), before: before.audited, after: after.audited, at: now)
      }
      return after
    }
    identity.didChange()
    return changed
  }

  /// Removes a user, or disables them where something was said under their name: that stays, with who said it.
  ///
  /// - Returns: the account as it stays; `nil` where it is gone.
  public func removeUser(_ id: UserID) async throws -> Account? {
    let now = clock()
    let hasHistory = try store.read { connection in
      guard try connection.account(id) != nil else { throw LabelingError.notFound("user \(id)") }
      return try connection.hasHistory(id)
    }
    if hasHistory { return try await changeUser(id, UserChange(isDisabled: true)) }
    try await store.write { connection in
      guard let account = try connection.account(id) else { throw LabelingError.notFound("user \(id)") }
      try connection.refuseLastAdmin(account)
      guard try !connection.hasHistory(id) else {
        throw LabelingError.conflict("“\(account.user.name)” has just said something. Try again.")
      }
      try connection.deleteUser(id)
      try connection.audit("user.remove", AuditSubject("user", "\(id)"), before: account.audited, at: now)
    }
    for overview in directory.all { directory.setMember(id, of: overview.project.id, false) }
    identity.didChange()
    return nil
  }

  /// Offers to others what somebody held; only for the process that serves the pools.
  public func withdrawLeases(of user: UserID) async throws {
    for overview in directory.all {
      try await onBoard(overview.project.id) { board, connection in
        for lease in board.leases.values.filter({ $0.annotator == user }).sorted(by: { $0.id < $1.id }) {
          try connection.endLease(lease.id, .withdrawn)
          board.drop(lease, offerAgain: true)
        }
      }
    }
  }

  /// Makes an administrator where there is none who could ever sign in, and a link for them.
  ///
  /// - Returns: their name and the link's secret; `nil` where somebody runs the server already.
  public func firstAdmin() async throws -> (name: String, secret: String)? {
    let now = clock()
    let admins = try store.read { try $0.enabledAdmins() }
    for admin in admins {
      let hasToken = try store.read { try $0.hasToken(admin.user.id, now: now) }
      if admin.hasPassword || admin.signedInAt != nil || hasToken { return nil }
    }
    var account = admins.first
    var name = "admin"
    var number = 1
    while account == nil {
      if try store.read({ try $0.knownUser(named: name) }) == nil {
        account = try await createUser(named: name, role: .admin)
      }
      number += 1
      name = "admin-\(number)"
    }
    guard let user = account?.user else { return nil }
    return (user.name, try await makeLink(for: user.id).secret)
  }
}

extension Connection {
  /// Throws where a name is somebody else's, but for its case.
  fileprivate func refuseTaken(_ name: String, butFor user: UserID?) throws {
    if let known = try knownUser(named: name), known.id != user {
      throw LabelingError.conflict("There is a user “\(known.name)” already.")
    }
  }

  /// Throws where an account is the only one that runs the server.
  fileprivate func refuseLastAdmin(_ account: Account) throws {
    guard account.role == .admin, account.disabledAt == nil else { return }
    guard try enabledAdmins().contains(where: { $0.user.id != account.user.id }) else {
      throw LabelingError.conflict("“\(account.user.name)” is the only administrator: make another one first.")
    }
  }
}

extension Account {
  /// What the audit log shows of an account.
  fileprivate var audited: JSONValue {
    ["name": .string(user.name), "role": .string(role.rawValue), "disabled": .bool(disabledAt != nil)]
  }
}
