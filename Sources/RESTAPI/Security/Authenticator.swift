import Domain
import HTTPCore
import Labeling
import Storage
import Synchronization

/// Who calls, and by which means.
struct Caller: Sendable {
  let principal: Principal
  let token: TokenRecord
  /// The session's secret, where a browser calls.
  let session: String?
}

/// Finds out who calls, from a bearer token or a browser's cookie.
final class Authenticator: Sendable {
  static let cookie = "winnow_session"
  /// How long an answer of the database is trusted: a revoked token lives this much longer.
  private static let trust = Duration.seconds(2)

  private struct Known {
    let record: TokenRecord?
    let until: ContinuousClock.Instant
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

  private func identify(_ head: RequestHead) throws -> Caller? {
    if let header = head.headers["Authorization"] {
      guard HTTPHeaders.equal(String(header.prefix(7)), "bearer ") else { return nil }
      let secret = header.dropFirst(7).drop { $0 == " " }
      guard let record = try lookUp("t" + secret, { try service.token(String(secret)) }) else { return nil }
      return Caller(principal: record.principal, token: record, session: nil)
    }
    guard let secret = head.cookies[Self.cookie],
      let record = try lookUp("s" + secret, { try service.session(secret) })
    else { return nil }
    if ![.get, .head, .options].contains(head.method) {
      guard let proof = head.headers["X-CSRF-Token"], Secret.areEqual(proof, Self.csrfToken(of: secret)) else {
        throw ProblemDocument(
          status: .forbidden, detail: "Send the csrf_token of GET /api/v1/sessions/current as X-CSRF-Token.")
      }
    }
    return Caller(principal: record.principal, token: record, session: secret)
  }

  private func lookUp(_ key: String, _ ask: () throws -> TokenRecord?) throws -> TokenRecord? {
    let now = ContinuousClock.now
    if let known = known.withLock({ $0[key] }), known.until > now { return known.record }
    let record = try ask()
    known.withLock { table in
      if table.count > 10_000 { table = table.filter { $0.value.until > now } }
      if table.count > 10_000 { table.removeAll() }
      // What is not known is not kept: a stranger must not be able to fill the table for long.
      table[key] = record == nil ? nil : Known(record: record, until: now + Self.trust)
    }
    return record
  }

  /// Forgets a session at once.
  func forget(session secret: String) { known.withLock { $0["s" + secret] = nil } }

  /// What a page must send with unsafe requests: bound to the session, and not readable by other sites.
  static func csrfToken(of session: String) -> String { Secret.derive("csrf", from: session) }

  /// The cookie that signs a browser in, or out where `secret` is `nil`; for TLS only where the browser has it.
  func cookie(_ secret: String?, maxAge: Int, for head: RequestHead) -> String {
    let guarded = secureCookies || head.isSecure ? "; Secure" : ""
    return "\(Self.cookie)=\(secret ?? ""); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(maxAge)\(guarded)"
  }
}
