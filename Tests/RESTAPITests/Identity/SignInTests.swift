import Domain
import HTTPCore
import Storage
import Testing

@testable import Labeling
@testable import RESTAPI

@Suite struct SignInTests {
  @Test func aLinkLetsSomebodyChooseAPasswordOnce() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Root")
      let made = try await admin.post("users", #"{"name": "Ada", "role": "engineer"}"#)
      #expect(made.status == 201 && made.json["has_password"]?.bool == false)
      let id = try #require(made.json["id"]?.text)
      let link = try await admin.post("users/\(id)/link")
      let code = try #require(link.json["code"]?.text)
      #expect(link.json["path"]?.text == "/#code=\(code)")
      var browser = Browser(server)
      let opened = try await browser.signIn(#"{"code": "\#(code)"}"#)
      #expect(opened.status == 201 && opened.json["may_choose_password"]?.bool == true)
      #expect(opened.json["opened_by"]?.text == "link" && opened.json["user"]?["name"]?.text == "Ada")
      // Once.
      var second = Browser(server)
      #expect(try await second.signIn(#"{"code": "\#(code)"}"#).status == 401)
      for bad in ["short", "password123", "ada"] {
        let answer = try await browser.send(.post, "sessions/current/password", #"{"new_password": "\#(bad)"}"#)
        #expect(answer.status == 422 && answer.pointers == ["/new_password"])
      }
      let before = browser.secret
      let chosen = try await browser.send(
        .post, "sessions/current/password", #"{"new_password": "\#(Browser.password)"}"#)
      #expect(chosen.status == 200 && chosen.json["may_choose_password"]?.bool == false)
      // The session goes on under another secret.
      #expect(browser.secret != before)
      #expect(try await browser.send(.get, "projects").status == 200)
      // From now on the present password is asked for.
      let again = try await browser.send(.post, "sessions/current/password", #"{"new_password": "other words here"}"#)
      #expect(again.status == 422 && again.pointers == ["/current_password"])
      #expect(try await second.signIn(name: "Ada").status == 201)
      #expect(try await second.signIn(name: "ada").status == 201, "the case of a name does not matter")
    }
  }

  @Test func linksEndByThemselvesAndByTheNextOne() async throws {
    let clock = TestClock()
    try await withServer(clock: { clock.now }) { server in
      let id = try await server.person("Ada")
      let first = try await server.service.makeLink(for: id).secret
      let second = try await server.service.makeLink(for: id).secret
      var browser = Browser(server)
      #expect(try await browser.signIn(#"{"code": "\#(first)"}"#).status == 401)
      clock.advance(seconds: SessionTimes.link)
      #expect(try await browser.signIn(#"{"code": "\#(second)"}"#).status == 401)
      #expect(
        try await browser.signIn(#"{"code": "\#(try await server.service.makeLink(for: id).secret)"}"#).status == 201)
    }
  }

  @Test func aWrongNameIsAnsweredAsAWrongPasswordIsAndCostsTheSame() async throws {
    let clock = TestClock()
    try await withServer(clock: { clock.now }) { server in
      _ = try await server.person("Ada")
      _ = try await server.service.createUser(named: "Bare", role: .annotator)
      let gone = try await server.person("Gone")
      _ = try await server.service.changeUser(gone, UserChange(isDisabled: true))
      var browser = Browser(server)
      _ = try await browser.signIn(name: "warm up")
      var answers: [Answer] = []
      for (name, password) in [
        ("Ada", "wrong password"), ("Nobody", "wrong password"), ("Bare", "wrong password"), ("Gone", Browser.password),
        ("Ada", String(repeating: "x", count: 5000)), ("", ""),
      ] {
        let before = server.service.identity.passwords.count
        answers.append(try await browser.signIn(name: name, password: password))
        #expect(server.service.identity.passwords.count == before + 1, "\(name)")
        clock.advance(seconds: 60)
      }
      #expect(Set(answers.map(\.status)) == [401])
      #expect(Set(answers.map { $0.json["detail"]?.text }).count == 1)
      #expect(answers.allSatisfy { $0.headers["Set-Cookie"] == nil })
    }
  }

  @Test func guessingIsSlowedDownAndALinkStillWorks() async throws {
    let clock = TestClock()
    try await withServer(clock: { clock.now }) { server in
      let id = try await server.person("Ada")
      var browser = Browser(server)
      for _ in 0..<3 { #expect(try await browser.signIn(name: "Ada", password: "wrong password").status == 401) }
      let hashes = server.service.identity.passwords.count
      // Even the right one: otherwise the wait would tell which it is.
      let refused = try await browser.signIn(name: "Ada")
      #expect(refused.status == 429 && refused.headers["Retry-After"] == "1")
      #expect(server.service.identity.passwords.count == hashes, "a refused try costs no hash")
      let code = try await server.service.makeLink(for: id).secret
      #expect(try await browser.signIn(#"{"code": "\#(code)"}"#).status == 201)
      clock.advance(seconds: 1)
      #expect(try await browser.signIn(name: "Ada").status == 201)
      let locks = try server.service.auditEntries(AuditFilter(), before: nil, limit: 100).map(\.action)
      #expect(locks.filter { $0 == "session.lock" }.count == 1)
      #expect(locks.filter { $0 == "session.refuse" }.count == 3)
    }
  }

  @Test func wrongSecretsAreBoundedByAddressAndRightOnesAreNot() async throws {
    let clock = TestClock()
    try await withServer(clock: { clock.now }) { server in
      let token = try #require(try await server.client(.annotator, "Ann").token)
      var browser = Browser(server)
      var statuses: [Int] = []
      for number in 0..<30 { statuses.append(try await browser.signIn(#"{"token": "wnw_\#(number)"}"#).status) }
      #expect(statuses.filter { $0 == 401 }.count == 20 && statuses.last == 429)
      #expect(try await browser.signIn(#"{"token": "\#(token)"}"#).status == 201)
      clock.advance(seconds: 30)
      #expect(try await browser.signIn(#"{"code": "wnl_x"}"#).status == 401)
    }
  }

  @Test func anotherSitesPageSignsNobodyIn() async throws {
    try await withServer { server in
      _ = try await server.person("Ada")
      let body = #"{"name": "Ada", "password": "\#(Browser.password)"}"#
      for type in ["text/plain", "application/x-www-form-urlencoded", nil] {
        let answer = try await server.stranger.send(.post, "sessions", chunks: [Array(body.utf8)], type: type)
        #expect(answer.status == 415, "\(type ?? "no type")")
      }
      for site in ["cross-site", "same-site"] {
        #expect(try await server.stranger.post("sessions", body, headers: ["Sec-Fetch-Site": site]).status == 403)
      }
      #expect(
        try await server.stranger.post("sessions", body, headers: ["Sec-Fetch-Site": "same-origin"]).status == 201)
      var browser = try await server.browser("Ada")
      browser.client.headers["Sec-Fetch-Site"] = "cross-site"
      #expect(try await browser.send(.delete, "sessions").status == 403)
    }
  }

  @Test func whatIsShownHasToBeOneThing() async throws {
    try await withServer { server in
      for (body, pointers) in [
        (#"{"name": "Ada"}"#, ["/password"]), (#"{"password": "x"}"#, ["/name"]), ("{}", [""]),
        (#"{"token": "x", "code": "y"}"#, [""]), (#"{"name": 1, "password": "x"}"#, ["/name"]),
      ] {
        let answer = try await server.stranger.post("sessions", body)
        #expect(answer.status == 422 && answer.pointers == pointers, "\(body)")
      }
    }
  }
}
