import Domain
import HTTPCore
import Storage
import Testing

@testable import Labeling
@testable import RESTAPI

@Suite struct SessionLifeTests {
  @Test func aSecretThatTheServerDidNotMakeIsNeverTaken() async throws {
    try await withServer { server in
      _ = try await server.person("Ada")
      var browser = Browser(server)
      browser.client.headers["Cookie"] = "winnow_session=wns_chosenByAnAttacker"
      #expect(try await browser.send(.get, "sessions/current").status == 401)
      #expect(try await browser.signIn(name: "Ada").status == 201)
      #expect(browser.secret?.contains("chosen") == false)
      let first = browser
      // Signing in again replaces the session, and the old secret is worth nothing.
      #expect(try await browser.signIn(name: "Ada").status == 201)
      #expect(first.secret != browser.secret)
      #expect(try await first.client.get("sessions/current").status == 401)
      #expect(try await browser.send(.get, "sessions").json["items"]?.list?.count == 1)
    }
  }

  @Test func secretsRotateAndTheFormerOneLivesForAMinute() async throws {
    let clock = TestClock()
    try await withServer(clock: { clock.now }) { server in
      _ = try await server.person("Ada")
      var browser = try await server.browser("Ada")
      let old = browser
      #expect(try await browser.send(.get, "sessions/current").headers["Set-Cookie"] == nil)
      clock.advance(seconds: SessionTimes.rotation + 1)
      #expect(try await browser.send(.get, "sessions/current").headers["Set-Cookie"] != nil)
      #expect(browser.secret != old.secret && browser.csrf != old.csrf)
      #expect(try await browser.send(.get, "projects").status == 200)
      // What another tab had under way.
      #expect(try await old.client.get("projects").status == 200)
      #expect(try await old.client.get("sessions/current").headers["Set-Cookie"] == nil)
      clock.advance(seconds: SessionTimes.grace + 1)
      server.service.identity.didChange()
      #expect(try await old.client.get("projects").status == 401)
      #expect(try await browser.send(.get, "projects").status == 200)
    }
  }

  @Test func sessionsEndByIdlenessAndByAge() async throws {
    let clock = TestClock()
    try await withServer(clock: { clock.now }) { server in
      let id = try await server.person("Ada")
      let idle = try await server.browser("Ada")
      var used = try await server.browser("Ada")
      for _ in 0..<4 {
        clock.advance(seconds: SessionTimes.idle - 10)
        server.service.identity.didChange()
        guard try await used.send(.get, "sessions/current").status == 200 else { break }
        // Its use is noted beside the answer.
        let now = clock.now
        try await eventually {
          try server.service.sessions(of: id, after: nil, limit: 10).contains { $0.seenAt == now }
        }
      }
      #expect(try await idle.client.get("projects").status == 401)
      #expect(try await used.send(.get, "projects").status == 200)
      clock.advance(seconds: SessionTimes.idle - 10)
      server.service.identity.didChange()
      #expect(try await used.send(.get, "projects").status == 401, "14 days are over")
    }
  }

  @Test func peopleSeeAndEndTheirOwnSessions() async throws {
    try await withServer { server in
      let id = try await server.person("Ada")
      _ = try await server.person("Bob")
      var (here, there, bob) = (
        try await server.browser("Ada"), try await server.browser("Ada"), try await server.browser("Bob")
      )
      let listed = try #require(try await here.send(.get, "sessions").json["items"]?.list)
      #expect(listed.count == 2 && listed.filter { $0["current"]?.bool == true }.count == 1)
      let other = try #require(listed.first { $0["current"]?.bool == false }?["id"]?.text)
      #expect(try await bob.send(.delete, "sessions/\(other)").status == 404)
      #expect(try await bob.send(.get, "sessions?user=\(id)").status == 422)
      #expect(try await here.send(.delete, "sessions/\(other)").status == 204)
      // At once.
      #expect(try await there.send(.get, "projects").status == 401)
      #expect(try await here.send(.delete, "sessions").status == 204)
      #expect(try await here.client.get("projects").status == 401)
      #expect(try await bob.send(.get, "projects").status == 200)
    }
  }

  @Test func anotherPasswordSignsEveryOtherBrowserOut() async throws {
    try await withServer { server in
      _ = try await server.person("Ada")
      var (here, there) = (try await server.browser("Ada"), try await server.browser("Ada"))
      let wrong = #"{"current_password": "not this one", "new_password": "other words here"}"#
      #expect(try await here.send(.post, "sessions/current/password", wrong).status == 403)
      let right = #"{"current_password": "\#(Browser.password)", "new_password": "other words here"}"#
      #expect(try await here.send(.post, "sessions/current/password", right).status == 200)
      #expect(try await there.send(.get, "projects").status == 401)
      #expect(try await here.send(.get, "projects").status == 200)
      #expect(try await there.signIn(name: "Ada").status == 401)
      #expect(try await there.signIn(name: "Ada", password: "other words here").status == 201)
    }
  }

  @Test func aTokenChoosesNoPassword() async throws {
    try await withServer { server in
      let client = try await server.client(.annotator, "Ann")
      let body = #"{"new_password": "other words here"}"#
      #expect(try await client.post("sessions/current/password", body).status == 403)
      var browser = Browser(server)
      #expect(try await browser.signIn(#"{"token": "\#(client.token ?? "")"}"#).json["opened_by"]?.text == "token")
      #expect(try await browser.send(.post, "sessions/current/password", body).status == 403)
    }
  }

  @Test func aHeaderFieldDecidesAloneWhereThereIsOne() async throws {
    try await withServer { server in
      _ = try await server.person("Ada")
      let browser = try await server.browser("Ada")
      for header in ["Bearer wrong", "Basic QWRhOg==", "Bearer"] {
        #expect(try await browser.client.get("projects", headers: ["Authorization": header]).status == 401)
      }
      // Nor does a cookie lend a token its proof against forged requests, or the other way round.
      let token = try await server.client(.engineer, "Eve").token ?? ""
      var both = browser.client
      both.token = token
      #expect(try await both.get("sessions/current").json["user"]?["name"]?.text == "Eve")
    }
  }

  @Test func underTLSTheCookieIsBoundToThisHost() async throws {
    try await withServer(secureCookies: true) { server in
      _ = try await server.person("Ada")
      var browser = Browser(server)
      let field = try #require(try await browser.signIn(name: "Ada").headers["Set-Cookie"])
      #expect(field.hasPrefix("__Host-winnow_session=wns_") && field.contains("; Secure") && field.contains("Path=/;"))
      #expect(!field.contains("Domain"))
      #expect(try await browser.send(.get, "projects").status == 200)
      // A cookie that a plain connection has set is none.
      browser.client.headers["Cookie"] = "winnow_session=\(browser.secret ?? "")"
      #expect(try await browser.client.get("projects").status == 401)
    }
  }
}

/// Waits until something holds that happens beside an answer.
func eventually(_ holds: () throws -> Bool) async throws {
  for _ in 0..<2000 {
    if try holds() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  Issue.record("it never came to hold")
}
