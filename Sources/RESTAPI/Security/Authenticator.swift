import Domain
import HTTPCore
import Labeling
import Storage
import Synchronization

/// Who calls, and by which means.
struct Caller: Sendable {
  let credential: Credential
  /// The session's secret, where a browser calls.
  let secret: String?

  var principal: Principal { credential.principal }

  /// On whose account a request is counted: each token has its own, above 0; a person's browsers share one, below 0, so that
  /// signing in again grants no more.
  var account: Int64 {
    switch credential.proof {
    case .token(let id): id
    case .session: -principal.user.id.rawValue
    }
  }

  /// The browser's session, where one calls.
  var session: SessionState? {
    if case .session(let state) = credential.proof { state } else { nil }
  }
}

/// Finds out who calls, from a bearer token or a browser's cookie.
final class Authenticator: Sendable {
  static let cookie = "winnow_session"
  /// How long an answer of the database is trusted: what another process has ended lives this much longer.
  private static let trust = Duration.seconds(2)

  private struct Known {
    let credential: Credential
    let until: ContinuousClock.Instant
    /// What this process itself has ended or changed since is noticed at once.
    let version: Int
  }

  private let service: LabelingService
  private let secureCookies: Bool
  private let known = Mutex<[String: Known]>([:])

  init(service: LabelingService, secureCookies: Bool) {
    self.service = service
    self.secureCookies = secureCookies
  }

  /// Who calls, checked against what the operation needs.
  ///
  /// - Throws: 401 without valid credentials, 403 with too low a role or without the token against forged requests.
  func caller(of head: RequestHead, access: Endpoint.Access) throws -> Caller? {
    let role: Role
    switch access {
    case .open: return try? identify(head)
    case .role(let needed), .project(let needed): role = needed
    }
    guard let caller = try identify(head) else {
      throw ProblemDocument(
        status: .unauthorized,
        detail: "Send “Authorization: Bearer …” with a token from “winnow token create”, or sign in.")
    }
    guard caller.principal.role >= role else {
      throw ProblemDocument(
        status: .forbidden, detail: "This needs the role \(role.rawValue); yours is \(caller.principal.role.rawValue).")
    }
    return caller
  }

  /// A header field decides alone where there is one: a browser's cookie never helps out.
  private func identify(_ head: RequestHead) throws -> Caller? {
    if let header = head.headers["Authorization"] {
      guard HTTPHeaders.equal(String(header.prefix(7)), "bearer ") else { return nil }
      let secret = header.dropFirst(7).drop { $0 == " " }
      guard let credential = try lookUp("t" + secret, { try service.token(String(secret)) }) else { return nil }
      return Caller(credential: credential, secret: nil)
    }
    guard let secret = head.cookies[cookieName(for: head)],
      let credential = try lookUp("s" + secret, { try service.session(secret) })
    else { return nil }
    if ![.get, .head, .options].contains(head.method) {
      try Self.refuseForeignSite(head)
      guard let proof = head.headers["X-CSRF-Token"], Secret.areEqual(proof, Self.csrfToken(of: secret)) else {
        throw ProblemDocument(
          status: .forbidden, detail: "Send the csrf_token of GET /api/v1/sessions/current as X-CSRF-Token.")
      }
    }
    return Caller(credential: credential, secret: secret)
  }

  /// Refuses what a browser says that another site's page has sent (Fetch Metadata).
  ///
  /// - Throws: 403.
  static func refuseForeignSite(_ head: RequestHead) throws {
    guard let site = head.headers["Sec-Fetch-Site"], !["same-origin", "none"].contains(site) else { return }
    throw ProblemDocument(status: .forbidden, detail: "Another site's page has sent this.")
  }

  private func lookUp(_ key: String, _ ask: () throws -> Credential?) throws -> Credential? {
    let now = ContinuousClock.now
    let version = service.identityVersion
    if let known = known.withLock({ $0[key] }), known.until > now, known.version == version { return known.credential }
    let credential = try ask()
    known.withLock { table in
      if table.count > 10_000 { table = table.filter { $0.value.until > now } }
      if table.count > 10_000 { table.removeAll() }
      // What is not known is not kept: a stranger must not be able to fill the table for long.
      table[key] = credential.map { Known(credential: $0, until: now + Self.trust, version: version) }
    }
    if case .session(let state) = credential?.proof, service.isDueToBeNoted(state) {
      Task { [service] in try? await service.noteUse(of: state) }
    }
    return credential
  }

  /// What a page must send with unsafe requests: bound to the session, and not readable by other sites.
  static func csrfToken(of session: String) -> String { Secret.derive("csrf", from: session) }

  private func isSecure(_ head: RequestHead) -> Bool { secureCookies || head.isSecure }

  /// Under TLS browsers see to it that no other host and no plain connection has set the cookie (RFC 6265bis, 4.1.3.2).
  private func cookieName(for head: RequestHead) -> String { isSecure(head) ? "__Host-" + Self.cookie : Self.cookie }

  /// The secret in a browser's cookie, valid or not.
  func cookieValue(of head: RequestHead) -> String? { head.cookies[cookieName(for: head)] }

  /// The cookie that signs a browser in, or out where `secret` is `nil`.
  func cookie(_ secret: String?, maxAge: Int, for head: RequestHead) -> String {
    "\(cookieName(for: head))=\(secret ?? ""); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(maxAge)\(isSecure(head) ? "; Secure" : "")"
  }
}
