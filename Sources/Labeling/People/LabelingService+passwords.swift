public import Domain
public import Storage

extension LabelingService {
  /// Chooses one's own password; every other browser is signed out.
  ///
  /// The present password has to be shown, unless a one-time link opened the session. A session that a token opened may
  /// not do without it: whoever finds a token must not be able to stay.
  ///
  /// - Returns: the session's new secret, which replaces the one that it was asked with.
  /// - Throws: ``LabelingError/invalid(_:)`` for a bad password, ``LabelingError/forbidden(_:)`` for a wrong present one.
  public func choosePassword(
    _ password: String, present: String?, session: SessionState, secret: String, by principal: Principal,
    address: String
  ) async throws -> String? {
    let user = principal.user
    let known = try store.read { try $0.passwordHash(of: user.id) }
    if !session.mayChoosePassword {
      guard let known else {
        throw LabelingError.forbidden("Ask an administrator for a one-time link: it lets you choose a password.")
      }
      guard let present else {
        throw LabelingError.invalid("/current_password", "Give the present password too.")
      }
      // The same bounds as at a sign-in: a stolen session must not be a way to guess.
      if case .wait(let seconds, _) = identity.backoff.begin(name: user.name, address: address, at: clock()) {
        throw LabelingError.tooMany("That was tried too often. Try again in \(seconds) seconds.", seconds: seconds)
      }
      guard try await identity.passwords.verify(present, against: known).fits else {
        throw LabelingError.forbidden("That is not the present password.")
      }
      identity.backoff.succeed(name: user.name, address: address, at: clock())
    }
    if let complaint = PasswordRules.complaint(about: password, of: user.name, at: "/new_password") {
      throw LabelingError.invalid([complaint])
    }
    let hash = try await identity.passwords.hash(password)
    try await keepPassword(hash, of: user.id, butSession: session.id)
    return try await rotate(secret, clock())
  }

  /// Sets somebody's password, for whoever has the machine; every browser of theirs is signed out.
  public func setPassword(_ password: String, of user: User) async throws {
    if let complaint = PasswordRules.complaint(about: password, of: user.name, at: "/password") {
      throw LabelingError.invalid([complaint])
    }
    try await keepPassword(try await identity.passwords.hash(password), of: user.id, butSession: nil)
  }

  private func keepPassword(_ hash: String, of user: UserID, butSession kept: Int64?) async throws {
    let now = clock()
    try await store.write { connection in
      let before = try connection.account(user)
      try connection.setPasswordHash(hash, of: user)
      let ended = try connection.deleteSessions(of: user, but: kept)
      try connection.closePasswordChoice(of: user)
      try connection.deleteLinks(of: user)
      try connection.audit(
        "user.password", AuditSubject("user", "\(user)"),
        before: ["has_password": .bool(before?.hasPassword ?? false)],
        after: ["has_password": true, "ended_sessions": .integer(Int64(ended))], at: now)
    }
    identity.didChange()
  }

  /// Makes a link that signs somebody in once and lets them choose a password; earlier ones end.
  ///
  /// - Returns: its secret, which is shown once, and when it ends.
  public func makeLink(for user: UserID) async throws -> (secret: String, expiresAt: Timestamp) {
    let secret = Secret.make(prefix: "wnl_")
    let now = clock()
    let end = now.adding(seconds: SessionTimes.link)
    try await store.write { connection in
      guard let account = try connection.account(user) else { throw LabelingError.notFound("user \(user)") }
      guard account.disabledAt == nil else {
        throw LabelingError.conflict("“\(account.user.name)” is disabled: enable them first.")
      }
      try connection.insertLink(hash: Secret.hash(secret), user: user, now: now, expiresAt: end)
      try connection.audit(
        "user.link", AuditSubject("user", "\(user)"), after: ["expires_at": .string("\(end)")], at: now)
    }
    return (secret, end)
  }
}
