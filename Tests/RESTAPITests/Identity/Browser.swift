import Domain
import HTTPCore
import Synchronization
import Testing

@testable import Labeling
@testable import RESTAPI

/// A clock that tests set.
final class TestClock: Sendable {
  private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))

  var now: Timestamp { time.withLock { $0 } }

  func advance(seconds: Int) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// A browser: it keeps the cookie that it is given and sends the proof with unsafe requests.
struct Browser {
  static let password = "three blind mice"
  var client: Client
  private(set) var secret: String?
  private(set) var csrf: String?

  init(_ server: TestServer) { client = server.stranger }

  /// Signs in with a body of `POST /sessions`.
  mutating func signIn(_ body: String, headers: HTTPHeaders = [:]) async throws -> Answer {
    adopt(try await client.post("sessions", body, headers: headers))
  }

  mutating func signIn(name: String, password: String = password) async throws -> Answer {
    try await signIn(
      JSONValue.object([("name", .string(name)), ("password", .string(password))]).text())
  }

  mutating func send(_ method: HTTPMethod, _ target: String, _ body: String? = nil) async throws -> Answer {
    adopt(try await client.send(method, target, body, headers: csrf.map { ["X-CSRF-Token": $0] } ?? [:]))
  }

  private mutating func adopt(_ answer: Answer) -> Answer {
    if let field = answer.headers["Set-Cookie"], let pair = field.split(separator: ";").first {
      secret = String(pair.drop { $0 != "=" }.dropFirst())
      client.headers["Cookie"] = String(pair)
    }
    if let token = answer.json["csrf_token"]?.text { csrf = token }
    return answer
  }
}

extension TestServer {
  /// Somebody with a password.
  func person(_ name: String, _ role: Role = .annotator) async throws -> UserID {
    let account = try await service.createUser(named: name, role: role)
    try await service.setPassword(Browser.password, of: account.user)
    return account.user.id
  }

  /// A browser in which somebody with a password has signed in.
  func browser(_ name: String) async throws -> Browser {
    var browser = Browser(self)
    let answer = try await browser.signIn(name: name)
    try #require(answer.status == 201, "\(answer.text)")
    return browser
  }
}
