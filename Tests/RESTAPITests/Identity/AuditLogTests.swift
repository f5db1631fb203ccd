import Domain
import HTTPCore
import Testing

@testable import Labeling
@testable import RESTAPI
@testable import Storage

@Suite struct AuditLogTests {
  @Test func everyOperationThatMayChangeSomethingDecidesWhatIsToldOfIt() {
    for endpoint in Endpoint.all {
      let name = "\(endpoint.method.rawValue) \(endpoint.path)"
      switch endpoint.audit {
      case .writes(let actions):
        #expect(!actions.isEmpty && actions.allSatisfy { $0.contains(".") }, "\(name)")
      case .exempt(let reason): #expect(reason.count > 10, "\(name): say why")
      case nil: #expect(endpoint.method == .get, "\(name): name its actions, or why there are none")
      }
    }
  }

  /// Does one of everything, and returns the actions that were written.
  private func everything(_ server: TestServer) async throws -> (admin: Client, Set<String>) {
    let admin = try await server.client(.admin, "Root")
    let project = try await admin.project()
    let base = "projects/\(project)"
    try await admin.push(["one", "two", "three", "four"], to: project)
    _ = try await admin.patch(
      base, #"{"guidelines": "g", "labels": [{"name": "billing"}, {"name": "outage"}, {"name": "new"}]}"#)
    let ann = try await server.client(.annotator, "Ann")
    let member = try await admin.post("\(base)/members", #"{"name": "Ann"}"#).json["id"]?.text ?? ""
    let said = try await ann.label("t0", "billing", in: project).json["id"]?.text ?? ""
    let changed = try await admin.patch("annotations/\(said)", #"{"labels": ["outage"]}"#).json["id"]?.text ?? ""
    _ = try await admin.delete("annotations/\(changed)")
    _ = try await admin.post("\(base)/adjudications", #"{"key": "t0", "labels": ["billing"]}"#)
    _ = try await admin.post("\(base)/rounds")
    _ = try await admin.post("\(base)/rounds/1/cancel")
    _ = try await admin.post("\(base)/rounds")
    let item = try await admin.get("\(base)/items").json["items"]?[3]?["id"]?.text ?? ""
    let id = try #require(ItemID(item))
    try await server.service.onBoard(project) { board, connection in
      let row = try #require(try connection.item(id, in: project)).row
      try board.exclude(
        [Exclusion(row: row, round: 1, method: "m", probability: 1, reason: "r", neighbours: [], group: nil)],
        connection: connection)
    }
    _ = try await admin.post("\(base)/excluded/\(item)/restore")
    _ = try await admin.post("\(base)/excluded", #"{"items": ["\#(item)"]}"#)
    _ = try await admin.post("\(base)/excluded/\(item)/restore")
    _ = try await admin.get("\(base)/export")
    _ = try await admin.post("backup")
    _ = try await admin.delete("\(base)/items/\(item)")
    _ = try await admin.delete("\(base)/members/\(member)")
    _ = try await admin.delete(base)

    let made = try await admin.post("users", #"{"name": "Ada", "role": "annotator"}"#).json["id"]?.text ?? ""
    _ = try await admin.patch("users/\(made)", #"{"role": "engineer"}"#)
    let code = try await admin.post("users/\(made)/link").json["code"]?.text ?? ""
    var browser = Browser(server)
    _ = try await browser.signIn(#"{"code": "\#(code)"}"#)
    _ = try await browser.send(.post, "sessions/current/password", #"{"new_password": "\#(Browser.password)"}"#)
    let token = try await browser.send(.post, "tokens", "{}").json["id"]?.text ?? ""
    _ = try await browser.send(.delete, "tokens/\(token)")
    _ = try await browser.send(.delete, "sessions/current")
    for _ in 0..<3 { _ = try await browser.signIn(name: "Ada", password: "secret-of-the-test") }
    _ = try await server.service.revokeTokens(ofUserNamed: "Ann")
    let second = try await admin.post("users", #"{"name": "Bo", "role": "annotator"}"#).json["id"]?.text ?? ""
    _ = try await admin.delete("users/\(second)")
    _ = try await admin.send(.delete, "sessions", nil)
    let entries = try server.service.auditEntries(AuditFilter(), before: nil, limit: 1000)
    return (admin, Set(entries.map(\.action)))
  }

  @Test func everyActionThatIsPromisedIsWritten() async throws {
    try await withServer { server in
      let (_, written) = try await everything(server)
      var promised: Set<String> = []
      for endpoint in Endpoint.all {
        if case .writes(let actions) = endpoint.audit { promised.formUnion(actions) }
      }
      // A model takes a round that has run: RoundTests download one.
      #expect(promised.subtracting(written) == ["model.download"])
      #expect(written.subtracting(promised) == ["token.revoke_all"], "by the command line alone")
    }
  }

  @Test func itTellsWhoWhatFromWhereBeforeAndAfter() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      let id = try await admin.post("users", #"{"name": "Ada", "role": "annotator"}"#).json["id"]?.text ?? ""
      let answer = try await admin.patch(
        "users/\(id)", #"{"role": "engineer"}"#, headers: ["X-Request-Id": "request-7"])
      #expect(answer.status == 200)
      let entry = try #require(try await admin.get("audit?action=user.change").json["items"]?[0])
      #expect(entry["user"]?["name"]?.text == "Root" && entry["user"]?["role"]?.text == "admin")
      #expect(entry["address"]?.text == "127.0.0.1" && entry["request_id"]?.text == "request-7")
      #expect(entry["subject"]?["kind"]?.text == "user" && entry["subject"]?["id"]?.text == id)
      #expect(entry["before"]?["role"]?.text == "annotator" && entry["after"]?["role"]?.text == "engineer")
    }
  }

  @Test func noSecretStandsInIt() async throws {
    try await withServer { server in
      _ = try await everything(server)
      let entries = try server.service.auditEntries(AuditFilter(), before: nil, limit: 1000)
      #expect(entries.count > 25)
      for entry in entries {
        let text = "\(entry)"
        for secret in ["wnw_", "wns_", "wnl_", "argon2", "secret-of-the-test", Browser.password] {
          #expect(!text.contains(secret), "\(text)")
        }
      }
      for line in server.logs.lines {
        for secret in ["wns_", "wnl_", "argon2", "secret-of-the-test", Browser.password] {
          #expect(!line.contains(secret))
        }
      }
    }
  }

  @Test func itIsPagedAndFiltered() async throws {
    try await withServer { server in
      let (admin, _) = try await everything(server)
      let all = try await admin.get("audit?limit=1000").json["items"]?.list ?? []
      var paged: [String?] = []
      var cursor = ""
      while true {
        let page = try await admin.get("audit?limit=7\(cursor)").json
        paged += (page["items"]?.list ?? []).map { $0["id"]?.text }
        guard let next = page["next_cursor"]?.text else { break }
        cursor = "&cursor=\(next)"
      }
      #expect(paged == all.map { $0["id"]?.text })
      let sessions = try await admin.get("audit?action=session.").json["items"]?.list ?? []
      #expect(sessions.count > 4 && sessions.allSatisfy { $0["action"]?.text?.hasPrefix("session.") == true })
      #expect(try await admin.get("audit?since=2999-01-01T00:00:00Z").json["items"]?.list?.isEmpty == true)
      #expect(
        try await admin.get("audit?until=2999-01-01T00:00:00.5Z&limit=1000").json["items"]?.list?.count == all.count)
      #expect(try await admin.get("audit?since=yesterday").pointers == ["/since"])
      #expect(try await admin.get("audit?user=x").pointers == ["/user"])
      #expect(try await admin.get("audit?project=1").json["items"]?.list?.isEmpty == false)
    }
  }
}
