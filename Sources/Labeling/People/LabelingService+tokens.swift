public import Domain
public import Storage

extension LabelingService {
  /// Makes a token for somebody by name, for whoever has the machine; who is unknown is made a user.
  ///
  /// A name that has signed in with nothing yet gets the role too; others keep theirs, and a token never exceeds it.
  ///
  /// - Parameters:
  ///   - projects: projects that they become a member of.
  ///   - lifetime: seconds until it ends by itself.
  /// - Returns: the secret. It is shown once; only its hash is kept.
  /// - Throws: ``LabelingError/conflict(_:)`` where their role is too low, or they are disabled.
  public func createToken(name: String, role: Role, projects: [ProjectID], lifetime: Int?) async throws -> String {
    let secret = Secret.make(prefix: "wnw_")
    let now = clock()
    try await store.write { connection in
      let user = try connection.user(named: name, now: now)
      guard let account = try connection.account(user.id) else { throw LabelingError.notFound("user “\(name)”") }
      guard account.disabledAt == nil else {
        throw LabelingError.conflict("“\(user.name)” is disabled: enable them first.")
      }
      if account.role < role {
        let isBareName =
          try !account.hasPassword && account.signedInAt == nil && !connection.hasToken(user.id, now: now)
        guard isBareName else {
          throw LabelingError.conflict(
            "“\(user.name)” is an \(account.role.rawValue): a token allows no more. First: winnow user role --name NAME --role \(role.rawValue)"
          )
        }
        try connection.setRole(role, of: user.id)
        try connection.audit(
          "user.change", AuditSubject("user", "\(user.id)"), before: ["role": .string(account.role.rawValue)],
          after: ["role": .string(role.rawValue)], at: now)
      }
      let id = try connection.insertToken(
        user: user.id, role: role, hash: Secret.hash(secret), now: now,
        expiresAt: lifetime.map { now.adding(seconds: $0) })
      try connection.auditToken(id, at: now)
      for project in projects where try connection.insertMember(user.id, of: project) {
        try connection.audit(
          "member.add", AuditSubject("user", "\(user.id)", in: project), after: ["name": .string(user.name)], at: now)
      }
    }
    identity.didChange()
    return secret
  }

  /// Makes a token: for oneself with at most one's own rights, or for anybody as an administrator.
  ///
  /// - Parameter latestEnd: when the credential ends that asks for it, where that is a token: none outlives what made it.
  /// - Returns: the secret, which is shown once, and the token.
  public func createToken(
    for user: UserID, role: Role?, note: String?, lifetime: Int?, latestEnd: Timestamp?, by principal: Principal
  ) async throws -> (secret: String, token: TokenListing) {
    let secret = Secret.make(prefix: "wnw_")
    let now = clock()
    let token = try await store.write { connection in
      guard let account = try connection.account(user), user == principal.user.id || principal.role == .admin else {
        throw LabelingError.notFound("user \(user)")
      }
      guard account.disabledAt == nil else {
        throw LabelingError.conflict("“\(account.user.name)” is disabled: enable them first.")
      }
      let most = user == principal.user.id ? min(account.role, principal.role) : account.role
      let role = role ?? most
      guard role <= most else {
        throw LabelingError.invalid("/role", "A token allows no more than its user may: \(most.rawValue) at most.")
      }
      let wanted = lifetime.map { now.adding(seconds: $0) }
      let end = [wanted, latestEnd].compactMap { $0 }.min()
      let id = try connection.insertToken(
        user: user, role: role, hash: Secret.hash(secret), note: note, now: now, expiresAt: end)
      try connection.auditToken(id, at: now)
      guard let token = try connection.tokenListing(id) else { throw LabelingError.notFound("token \(id)") }
      return token
    }
    return (secret, token)
  }

  /// A page of the tokens of a user, or of everybody's.
  public func tokens(of user: UserID?, after: Int64?, limit: Int) throws -> [TokenListing] {
    let uses = identity.tokenUses
    return try store.read { try $0.tokens(of: user, after: after, limit: limit) }.map { token in
      var token = token
      token.usedAt = uses[token.id]
      return token
    }
  }

  /// Ends a token and the sessions that it opened: one's own, or any for an administrator.
  public func revokeToken(_ id: Int64, by principal: Principal) async throws {
    let now = clock()
    try await store.write { connection in
      guard let token = try connection.tokenListing(id),
        token.user.id == principal.user.id || principal.role == .admin
      else { throw LabelingError.notFound("token \(id) of yours") }
      guard try connection.revokeToken(id, now: now) else { return }
      try connection.audit(
        "token.revoke", AuditSubject("token", "\(id)"), before: ["user": .string(token.user.name)], at: now)
    }
    identity.didChange()
  }

  /// Ends every token of a user; the browsers that they signed in are signed out too.
  ///
  /// - Returns: how many tokens were ended.
  public func revokeTokens(ofUserNamed name: String) async throws -> Int {
    let now = clock()
    let count = try await store.write { connection in
      let count = try connection.revokeTokens(ofUserNamed: name, now: now)
      if count > 0 {
        let user = try connection.knownUser(named: name)
        try connection.audit(
          "token.revoke_all", AuditSubject("user", user.map { "\($0.id)" }),
          after: ["user": .string(name), "ended": .integer(Int64(count))], at: now)
      }
      return count
    }
    identity.didChange()
    return count
  }
}

extension Connection {
  fileprivate func auditToken(_ id: Int64, at now: Timestamp) throws {
    guard let token = try tokenListing(id) else { return }
    try audit(
      "token.create", AuditSubject("token", "\(id)"),
      after: [
        "user": .string(token.user.name), "role": .string(token.role.rawValue), "note": .optional(token.note),
        "expires_at": .optional(token.expiresAt.map { "\($0)" }),
      ], at: now)
  }
}
