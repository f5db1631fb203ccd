public import Domain
public import Storage

extension LabelingService {
  /// What a bearer token allows, if it still holds.
  public func token(_ secret: String) throws -> Credential? {
    let now = clock()
    let found = try store.read { try $0.token(hash: Secret.hash(secret), now: now) }
    if case .token(let id)? = found?.proof { identity.noteUse(ofToken: id, at: now) }
    return found
  }

  /// What a browser's secret allows, if its session still holds.
  public func session(_ secret: String) throws -> Credential? {
    let now = clock()
    return try store.read {
      try $0.session(
        hash: Secret.hash(secret), now: now, usedSince: now.adding(seconds: -SessionTimes.idle),
        rotatedSince: now.adding(seconds: -SessionTimes.grace))
    }
  }

  /// Whether the use of a session is to be noted, so that it does not end for want of it.
  public func isDueToBeNoted(_ session: SessionState) -> Bool {
    clock() > session.seenAt.adding(seconds: SessionTimes.note)
  }

  /// Notes that a session is in use.
  public func noteUse(of session: SessionState) async throws {
    let now = clock()
    try await store.write { try $0.noteUse(ofSession: session.id, at: now) }
  }

  /// Gives a browser's session another secret where it is time for that.
  ///
  /// - Returns: the new secret; `nil` where the present one stays, or another tab was faster.
  public func rotatedSecret(of session: SessionState, secret: String) async throws -> String? {
    let now = clock()
    guard !session.isFormerSecret, now > session.rotatedAt.adding(seconds: SessionTimes.rotation) else { return nil }
    return try await rotate(secret, now)
  }

  func rotate(_ secret: String, _ now: Timestamp) async throws -> String? {
    let new = Secret.make(prefix: "wns_")
    let isDone = try await store.write {
      try $0.rotateSession(from: Secret.hash(secret), to: Secret.hash(new), now: now)
    }
    identity.didChange()
    return isDone ? new : nil
  }

  /// A page of the sessions of a user, or of everybody's, that still hold, oldest first.
  public func sessions(of user: UserID?, after: Int64?, limit: Int) throws -> [SessionListing] {
    let now = clock()
    return try store.read {
      try $0.sessions(
        of: user, now: now, usedSince: now.adding(seconds: -SessionTimes.idle), after: after, limit: limit)
    }
  }

  /// Ends a session: one's own, or any for an administrator.
  ///
  /// - Throws: ``LabelingError/notFound(_:)`` where there is none, or where it is not theirs.
  public func closeSession(_ id: Int64, by principal: Principal) async throws {
    let now = clock()
    try await store.write { connection in
      guard let owner = try connection.owner(ofSession: id),
        owner.id == principal.user.id || principal.role == .admin
      else { throw LabelingError.notFound("session \(id) of yours") }
      try connection.deleteSession(id)
      try connection.audit(
        "session.close", AuditSubject("session", "\(id)"), before: ["user": .string(owner.name)], at: now)
    }
    identity.didChange()
  }

  /// Ends all sessions of a user.
  ///
  /// - Returns: how many were ended.
  public func closeSessions(of user: UserID) async throws -> Int {
    let now = clock()
    let count = try await store.write { connection in
      let count = try connection.deleteSessions(of: user)
      try connection.audit(
        "session.close_all", AuditSubject("user", "\(user)"), after: ["ended": .integer(Int64(count))], at: now)
      return count
    }
    identity.didChange()
    return count
  }
}
