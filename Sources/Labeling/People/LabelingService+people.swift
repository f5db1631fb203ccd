public import Domain
public import Storage

extension LabelingService {
  /// Makes a token for somebody, who is made a user where they are none.
  ///
  /// - Parameters:
  ///   - projects: projects that they become a member of.
  ///   - lifetime: seconds until it ends by itself.
  /// - Returns: the secret. It is shown once; only its hash is kept.
  public func createToken(name: String, role: Role, projects: [ProjectID], lifetime: Int?) async throws -> String {
    let secret = Secret.make(prefix: "wnw_")
    let now = clock()
    try await store.write { connection in
      let user = try connection.user(named: name, now: now)
      try connection.insertToken(
        user: user.id, role: role, hash: Secret.hash(secret), now: now,
        expiresAt: lifetime.map { now.adding(seconds: $0) })
      for project in projects { try connection.insertMember(user.id, of: project) }
    }
    return secret
  }

  /// Ends every token of a user; their browsers are signed out too.
  ///
  /// - Returns: how many tokens were ended.
  public func revokeTokens(ofUserNamed name: String) async throws -> Int {
    let now = clock()
    return try await store.write { try $0.revokeTokens(ofUserNamed: name, now: now) }
  }

  /// The token that a secret belongs to, if it still holds.
  public func token(_ secret: String) throws -> TokenRecord? {
    try store.read { try $0.token(hash: Secret.hash(secret), now: clock()) }
  }

  /// The sign-in that a browser's secret belongs to, if it still holds.
  public func session(_ secret: String) throws -> TokenRecord? {
    try store.read { try $0.session(hash: Secret.hash(secret), now: clock()) }
  }

  /// Signs a browser in.
  ///
  /// - Returns: the secret of the session and its end; at most 14 days, and not longer than the token.
  public func openSession(with token: TokenRecord) async throws -> (secret: String, expiresAt: Timestamp) {
    let secret = Secret.make(prefix: "wns_")
    let now = clock()
    let end = now.adding(seconds: 14 * 86_400)
    let expiresAt = min(end, token.expiresAt ?? end)
    try await store.write {
      try $0.insertSession(hash: Secret.hash(secret), token: token.id, now: now, expiresAt: expiresAt)
    }
    return (secret, expiresAt)
  }

  /// Signs a browser out.
  public func closeSession(_ secret: String) async throws {
    try await store.write { try $0.deleteSession(hash: Secret.hash(secret)) }
  }

  /// The names of all users.
  public func userNames() throws -> [UserID: String] { try store.read { try $0.userNames() } }
}

extension LabelingService {
  /// The answer that was given to an unsafe request under a client's key within the last day.
  public func keptAnswer(key: String, user: UserID) throws -> KeptAnswer? {
    try store.read { try $0.keptAnswer(key: key, user: user, now: clock()) }
  }

  /// Keeps an answer for clients that send their request again.
  public func keepAnswer(
    status: Int, body: [UInt8], requestHash: [UInt8], key: String, user: UserID
  ) async throws {
    let now = clock()
    try await store.write { connection in
      try connection.keepAnswer(
        KeptAnswer(requestHash: requestHash, answerStatus: status, answerBody: body), key: key, user: user, now: now)
    }
  }
}

extension LabelingService {
  /// The user of that name, made where there is none.
  public func user(named name: String) async throws -> User {
    let now = clock()
    return try await store.write { try $0.user(named: name, now: now) }
  }
}
