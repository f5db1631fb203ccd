import Domain
import HTTPCore
import Testing

@testable import Labeling
@testable import RESTAPI

@Suite struct PeopleTests {
  @Test func thereIsAlwaysSomebodyWhoRunsTheServer() async throws {
    try await withServer { server in
      let root = try await server.person("Root", .admin)
      var browser = try await server.browser("Root")
      for (method, body) in [
        (HTTPMethod.patch, #"{"role": "engineer"}"#), (.patch, #"{"disabled": true}"#), (.delete, nil),
      ] {
        let answer = try await browser.send(method, "users/\(root)", body)
        #expect(answer.status == 409 && answer.json["detail"]?.text?.contains("only administrator") == true)
      }
      let second = try await server.person("Second", .admin)
      #expect(try await browser.send(.patch, "users/\(root)", #"{"role": "engineer"}"#).status == 200)
      // What is left of one's own rights holds at once.
      #expect(try await browser.send(.get, "users").status == 403)
      var other = try await server.browser("Second")
      #expect(try await other.send(.patch, "users/\(second)", #"{"disabled": true}"#).status == 409)
    }
  }

  @Test func whoIsShutOutIsOutAtOnceWithAllThatTheyHave() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      let project = try await admin.project()
      try await admin.push(["one", "two"], to: project)
      let id = try await server.person("Ada")
      _ = try await admin.post("projects/\(project)/members", #"{"name": "Ada"}"#)
      var browser = try await server.browser("Ada")
      let token = Client(
        api: server.api, token: try await browser.send(.post, "tokens", "{}").json["token"]?.text)
      let held = try await token.next(in: project).item
      let code = try await server.service.makeLink(for: id).secret
      #expect(try await admin.patch("users/\(id)", #"{"disabled": true}"#).json["disabled"]?.bool == true)
      #expect(try await browser.send(.get, "projects").status == 401)
      #expect(try await token.get("projects").status == 401)
      #expect(try await browser.signIn(name: "Ada").status == 401)
      #expect(try await browser.signIn(#"{"code": "\#(code)"}"#).status == 401)
      #expect(try await browser.signIn(#"{"token": "\#(token.token ?? "")"}"#).status == 401)
      #expect(try await admin.post("users/\(id)/link").status == 409)
      // What they held is offered to others.
      #expect(try await admin.next(in: project).item == held)
      #expect(try await admin.patch("users/\(id)", #"{"disabled": false}"#).status == 200)
      #expect(try await token.get("projects").status == 200)
    }
  }

  @Test func whoHasSaidSomethingIsKept() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      let project = try await admin.project()
      try await admin.push(["one"], to: project)
      let (ada, bob) = (try await server.person("Ada"), try await server.person("Bob"))
      _ = try await admin.post("projects/\(project)/members", #"{"name": "Ada"}"#)
      var browser = try await server.browser("Ada")
      _ = try await browser.send(.post, "projects/\(project)/annotations", #"{"key": "t0", "labels": ["billing"]}"#)
      let kept = try await admin.delete("users/\(ada)")
      #expect(kept.status == 200 && kept.json["disabled"]?.bool == true)
      #expect(try await admin.delete("users/\(bob)").status == 204)
      #expect(try await admin.get("users/\(bob)").status == 404)
      let said = try await admin.get("projects/\(project)/annotations").json["items"]?[0]
      #expect(said?["annotator"]?.text == "Ada", "\(said.map { $0.text() } ?? "")")
    }
  }

  @Test func namesAreToldApartByPeople() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      #expect(try await admin.post("users", #"{"name": "Ada", "role": "annotator"}"#).status == 201)
      #expect(try await admin.post("users", #"{"name": "ada", "role": "annotator"}"#).status == 409)
      for name in ["", " Ada", "Ada ", "A\\nda", "A\\u200Bda", "\\u202Eada", String(repeating: "x", count: 201)] {
        let answer = try await admin.post("users", #"{"name": "\#(name)", "role": "annotator"}"#)
        #expect(answer.status == 422 && answer.pointers == ["/name"], "\(name)")
      }
      #expect(try await admin.post("users", #"{"name": "Bo", "role": "king"}"#).pointers == ["/role"])
    }
  }

  @Test func aTokenAllowsNoMoreThanItsUserOrItsMaker() async throws {
    let clock = TestClock()
    try await withServer(clock: { clock.now }) { server in
      let admin = try await server.client(.admin, "Root")
      let eve = try await server.person("Eve", .engineer)
      var browser = try await server.browser("Eve")
      #expect(try await browser.send(.post, "tokens", #"{"role": "admin"}"#).pointers == ["/role"])
      #expect(try await browser.send(.post, "tokens", #"{"user": "1"}"#).pointers == ["/user"])
      #expect(try await admin.post("tokens", #"{"user": "\#(eve)", "role": "admin"}"#).pointers == ["/role"])
      let made = try await browser.send(
        .post, "tokens", #"{"role": "annotator", "lifetime_seconds": 100, "note": "n"}"#)
      let weak = Client(api: server.api, token: made.json["token"]?.text)
      #expect(try await weak.post("projects", "{}").status == 403)
      // It hands on neither more rights nor more time than it has.
      #expect(try await weak.post("tokens", #"{"role": "engineer"}"#).status == 422)
      let child = try await weak.post("tokens", #"{"lifetime_seconds": 100000}"#)
      #expect(child.json["expires_at"]?.text == made.json["expires_at"]?.text)
      let strong = Client(api: server.api, token: try await browser.send(.post, "tokens", "{}").json["token"]?.text)
      #expect(try await strong.get("projects").json["items"] != nil)
      #expect(try await strong.post("projects", "{}").status == 422)
      // A lower role holds for tokens that were made before.
      #expect(try await admin.patch("users/\(eve)", #"{"role": "annotator"}"#).status == 200)
      #expect(try await strong.post("projects", "{}").status == 403)
      clock.advance(seconds: 101)
      server.service.identity.didChange()
      #expect(try await weak.get("projects").status == 401)
      // Secrets are shown once.
      let listed = try await admin.get("tokens?user=\(eve)")
      #expect(listed.json["items"]?.list?.count == 3 && !listed.text.contains("wnw_"))
    }
  }

  @Test func aRevokedTokenIsDeadAtOnceWithWhatItOpened() async throws {
    try await withServer { server in
      let client = try await server.client(.annotator, "Ann")
      let made = try await client.post("tokens", "{}")
      let token = Client(api: server.api, token: made.json["token"]?.text)
      var browser = Browser(server)
      #expect(try await browser.signIn(#"{"token": "\#(token.token ?? "")"}"#).status == 201)
      #expect(try await token.get("projects").status == 200)
      let stranger = try await server.client(.engineer, "Eve")
      let id = try #require(made.json["id"]?.text)
      #expect(try await stranger.delete("tokens/\(id)").status == 404)
      #expect(try await client.delete("tokens/\(id)").status == 204)
      #expect(try await token.get("projects").status == 401)
      #expect(try await browser.send(.get, "projects").status == 401)
    }
  }

  @Test func whoListensIsCutOffWhenTheirTokenEnds() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one"], to: project)
      let annotator = try await server.client(.annotator, "Ann", in: [project])
      // The stream's body ends by itself, long before the heartbeat.
      async let heard = annotator.get("projects/\(project)/events")
      try await Task.sleep(for: .milliseconds(50))
      _ = try await server.service.revokeTokens(ofUserNamed: "Ann")
      _ = try await engineer.label("t0", "billing", in: project)
      let answer = try await heard
      #expect(!answer.text.contains("event: annotation"), "\(answer.text)")
    }
  }

  @Test func theFirstAdminGetsALinkUntilSomebodyRunsTheServer() async throws {
    try await withServer { server in
      let first = try #require(try await server.service.firstAdmin())
      let again = try #require(try await server.service.firstAdmin())
      #expect(first.name == "admin" && again.name == "admin" && first.secret != again.secret)
      var browser = Browser(server)
      #expect(try await browser.signIn(#"{"code": "\#(first.secret)"}"#).status == 401, "the newest link holds")
      #expect(try await browser.signIn(#"{"code": "\#(again.secret)"}"#).json["user"]?["role"]?.text == "admin")
      #expect(try await server.service.firstAdmin() == nil)
    }
    try await withServer { server in
      _ = try await server.client(.admin, "Root")
      #expect(try await server.service.firstAdmin() == nil)
    }
  }
}
