import Domain
import HTTPCore
import Testing

@testable import Labeling
@testable import RESTAPI

@Suite struct AdministrationTests {
  @Test func aUserIsShownWithTheirProjectsAndWhenTheyWereSeen() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      let first = try await admin.project()
      let id = try await server.person("Ada")
      #expect(try await admin.get("users/\(id)").json["seen_at"]?.text == nil)
      _ = try await admin.post("projects/\(first)/members", #"{"name": "Ada"}"#)
      _ = try await server.browser("Ada")
      let listed = try #require(
        try await admin.get("users").json["items"]?.list?.first { $0["id"]?.text == "\(id)" })
      #expect(listed["projects"]?.list?.compactMap { $0["id"]?.text } == [first.description])
      #expect(listed["projects"]?[0]?["name"]?.text?.isEmpty == false)
      #expect(listed["seen_at"]?.text != nil && listed["seen_at"]?.text == listed["signed_in_at"]?.text)
      _ = try await admin.delete("projects/\(first)/members/\(id)")
      #expect(try await admin.get("users/\(id)").json["projects"]?.list?.isEmpty == true)
    }
  }

  @Test func everybodysSessionsAreForAdministrators() async throws {
    try await withServer { server in
      _ = try await server.person("Root", .admin)
      let ada = try await server.person("Ada")
      var root = try await server.browser("Root")
      var (here, there) = (try await server.browser("Ada"), try await server.browser("Ada"))
      let all = try #require(try await root.send(.get, "sessions?user=all").json["items"]?.list)
      #expect(all.compactMap { $0["user"]?["name"]?.text } == ["Root", "Ada", "Ada"])
      #expect(try await root.send(.get, "sessions").json["items"]?.list?.count == 1)
      #expect(try await here.send(.get, "sessions?user=all").status == 422)
      let other = try await root.send(.get, "sessions/current").json["user"]?["id"]?.text ?? ""
      #expect(try await here.send(.delete, "sessions?user=\(other)").status == 422)
      #expect(try await root.send(.delete, "sessions?user=999").status == 404)
      #expect(try await root.send(.delete, "sessions?user=\(ada)").status == 204)
      #expect(try await here.send(.get, "projects").status == 401)
      #expect(try await there.send(.get, "projects").status == 401)
      // Whoever ended them stays.
      #expect(try await root.send(.get, "projects").status == 200)
      #expect(
        try await root.send(.get, "audit?action=session.close_all").json["items"]?[0]?["subject"]?["id"]?.text
          == "\(ada)")
    }
  }

  @Test func aTokenTellsWhenItWasUsed() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      let made = try await admin.post("tokens", #"{"note": "nightly"}"#).json
      #expect(made["used_at"] == .null)
      let used = {
        try await admin.get("tokens").json["items"]?.list?.first { $0["note"]?.text == "nightly" }?["used_at"]?.text
      }
      #expect(try await used() == nil)
      #expect(try await Client(api: server.api, token: made["token"]?.text).get("projects").status == 200)
      #expect(try await used() != nil)
    }
  }

  @Test func aBrowserSavesABackupAndAnotherSiteCannotAskForOne() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      _ = try await server.person("Rita", .admin)
      var browser = try await server.browser("Rita")
      let strange = try await browser.client.send(.get, "backup", nil, headers: ["Sec-Fetch-Site": "cross-site"])
      #expect(strange.status == 403)
      #expect(try await browser.send(.head, "backup").headers["Content-Type"] == "application/x-tar")
      #expect(try await admin.get("audit?action=backup.download").json["items"]?.list?.isEmpty == true)
      let answer = try await browser.send(.get, "backup")
      #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/x-tar")
      #expect(answer.headers["Content-Disposition"]?.contains("attachment") == true)
      #expect(answer.bytes.count > 10_000)
      #expect(try await admin.get("audit?action=backup.download").json["items"]?[0]?["user"]?["name"]?.text == "Rita")
    }
  }
}
