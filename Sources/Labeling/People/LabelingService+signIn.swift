public import Domain
public import Storage

/// What somebody shows to be let in.
public enum SignIn: Sendable {
  /// A bearer token.
  case token(String)
  /// The secret of a one-time link.
  case code(String)
  /// A name and its password.
  case password(name: String, password: String)
}

/// Where somebody signs in from.
public struct SignInPlace: Sendable {
  /// The client's address.
  public var address: String
  /// What the browser calls itself.
  public var agent: String?

  /// Puts a place together.
  public init(address: String, agent: String?) {
    self.address = address
    // Kept for their owner's eyes; a client may send what it likes.
    self.agent = agent.map { String($0.prefix(200)) }
  }
}

/// A browser that has been signed in.
public struct OpenedSession: Sendable {
  /// What the browser's cookie holds.
  public var secret: String
  /// Who it is and what they may do.
  public var principal: Principal
  /// When it ends, if it is used until then.
  public var expiresAt: Timestamp
  /// How it came to be.
  public var openedBy: SessionState.Origin
  /// Whether a password may be chosen now without the present one.
  public var mayChoosePassword: Bool
}

extension LabelingService {
  /// Signs a browser in.
  ///
  /// An unknown name costs what a known one does, and is answered the same.
  ///
  /// - Parameter former: the secret of a session that the browser had; it ends.
  /// - Throws: ``LabelingError/unauthorized(_:)``, ``LabelingError/tooMany(_:seconds:)`` after too many tries, and
  ///   ``LabelingError/unavailable(_:)`` where too many sign in at once.
  public func signIn(_ shown: SignIn, from place: SignInPlace, replacing former: String? = nil) async throws
    -> OpenedSession
  {
    switch shown {
    case .token(let secret):
      guard let token = try token(secret), case .token(let id) = token.proof else {
        try await refuse(nil, from: place)
        throw LabelingError.unauthorized("This token is not known, has ended or was revoked.")
      }
      return try await open(place, former) { _, _ in (token.principal, id, .token, token.expiresAt) }
    case .code(let code):
      let opened = try await open(place, former) { connection, now in
        guard let account = try connection.useLink(hash: Secret.hash(code), now: now) else { return nil }
        return (Principal(user: account.user, role: account.role), nil, .link, nil)
      }
      if let opened { return opened }
      try await refuse(nil, from: place)
      throw LabelingError.unauthorized("This link was used already or has ended. Ask for a new one.")
    case .password(let name, let password):
      return try await signIn(name, password, place, former)
    }
  }

  private func signIn(_ name: String, _ password: String, _ place: SignInPlace, _ former: String?) async throws
    -> OpenedSession
  {
    let backoff = identity.backoff
    if case .wait(let seconds, _) = backoff.begin(name: name, address: place.address, at: clock()) {
      throw Self.tooMany(seconds)
    }
    do {
      let user = try store.read { try $0.knownUser(named: name) }
      let hash = try user.flatMap { user in try store.read { try $0.passwordHash(of: user.id) } }
      // Longer ones are never kept, and hashing them would be work for nothing.
      let isPossible = password.utf8.count <= PasswordRules.longest
      let verdict = try await identity.passwords.verify(isPossible ? password : "", against: isPossible ? hash : nil)
      if verdict.fits, let user, let hash {
        let renewed = verdict.isOutdated ? try await identity.passwords.hash(password) : nil
        let opened = try await open(place, former) { connection, _ in
          // Changed or shut out since it was read?
          guard try connection.passwordHash(of: user.id) == hash, let account = try connection.account(user.id) else {
            return nil
          }
          if let renewed { try connection.setPasswordHash(renewed, of: user.id) }
          return (Principal(user: account.user, role: account.role), nil, .password, nil)
        }
        if let opened {
          backoff.succeed(name: name, address: place.address, at: clock())
          return opened
        }
      }
    } catch {
      backoff.withdraw(name: name, address: place.address)
      throw error
    }
    try await note(refused: name, locked: backoff.isFirstWait(name: name, address: place.address))
    throw LabelingError.unauthorized("There is nobody with this name and this password.")
  }

  private static func tooMany(_ seconds: Int) -> LabelingError {
    .tooMany(
      "That was tried too often. Try again in \(seconds) second\(seconds == 1 ? "" : "s"), or ask for a one-time link.",
      seconds: seconds)
  }

  /// Counts a secret that nobody has against its address.
  private func refuse(_ name: String?, from place: SignInPlace) async throws {
    if case .wait(let seconds, _) = identity.backoff.fail(address: place.address, at: clock()) {
      throw Self.tooMany(seconds)
    }
    try await note(refused: name, locked: false)
  }

  private func note(refused name: String?, locked: Bool) async throws {
    let now = clock()
    try await store.write { connection in
      // A person who types their password into the field of the name must not find it in the log.
      let known = try name.flatMap { try connection.knownUser(named: $0) }
      let subject = AuditSubject("session")
      let what: JSONValue = ["name": .optional(known?.name), "known_name": .bool(known != nil)]
      try connection.audit("session.refuse", subject, after: what, at: now)
      if locked { try connection.audit("session.lock", subject, after: what, at: now) }
    }
  }

  private typealias Proof = (principal: Principal, token: Int64?, openedBy: SessionState.Origin, limit: Timestamp?)

  private func open(
    _ place: SignInPlace, _ former: String?,
    _ prove: @escaping @Sendable (Connection, Timestamp) throws -> (Principal, Int64?, SessionState.Origin, Timestamp?)
  ) async throws -> OpenedSession {
    let opened = try await open(place, former) {
      connection, now -> (Principal, Int64?, SessionState.Origin, Timestamp?)? in
      try prove(connection, now)
    }
    guard let opened else { throw LabelingError.unauthorized("Sign in again.") }
    return opened
  }

  private func open(
    _ place: SignInPlace, _ former: String?,
    _ prove: @escaping @Sendable (Connection, Timestamp) throws -> (Principal, Int64?, SessionState.Origin, Timestamp?)?
  ) async throws -> OpenedSession? {
    let secret = Secret.make(prefix: "wns_")
    let now = clock()
    let opened = try await store.write { connection -> OpenedSession? in
      guard let (principal, token, openedBy, limit) = try prove(connection, now) else { return nil }
      let end = now.adding(seconds: SessionTimes.longest)
      let session = OpenedSession(
        secret: secret, principal: principal, expiresAt: min(end, limit ?? end), openedBy: openedBy,
        mayChoosePassword: openedBy == .link)
      if let former { try connection.deleteSession(hash: Secret.hash(former)) }
      let id = try connection.insertSession(
        NewSession(
          hash: Secret.hash(secret), user: principal.user.id, token: token, openedBy: openedBy,
          mayChoosePassword: session.mayChoosePassword, address: place.address, agent: place.agent,
          expiresAt: session.expiresAt), now: now)
      try connection.noteSignIn(of: principal.user.id, at: now)
      try connection.audit(
        "session.open", AuditSubject("session", "\(id)"), after: ["by": .string(openedBy.rawValue)], by: principal,
        at: now)
      return session
    }
    if former != nil { identity.didChange() }
    return opened
  }
}
