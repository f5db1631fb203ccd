import Domain
import HTTPCore
import RESTAPI
import Testing

@Suite struct AccessTests {
  @Test func withoutCredentialsNothingIsShown() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let project = try await admin.project()
      for target in ["projects", "projects/\(project)", "strategies", "sessions/current", "projects/99/items"] {
        let answer = try await server.stranger.get(target)
        #expect(answer.status == 401, "\(target)")
        #expect(answer.headers["WWW-Authenticate"] == "Bearer")
      }
      for header in ["Bearer wrong", "Basic QWRhOg==", "Bearer", "Bearer "] {
        #expect(try await server.stranger.get("projects", headers: ["Authorization": header]).status == 401)
      }
      for target in ["/healthz", "/readyz", "/openapi.json", "healthz"] {
        #expect(try await server.stranger.get(target).status == 200, "\(target)")
      }
      #expect(try await server.stranger.post("projects", "{}").status == 401)
    }
  }

  @Test func annotatorsSeeTheirProjectsAlone() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let (mine, other) = (try await engineer.project("Mine"), try await engineer.project("Other"))
      try await engineer.push(["one", "two"], to: other)
      let annotator = try await server.client(.annotator, "Ann", in: [mine])
      let listed = try await annotator.get("projects").json["items"]?.list
      #expect(listed?.map { $0["id"]?.text } == ["\(mine)"])
      #expect(try await annotator.get("projects/\(mine)").status == 200)
      // A project that one may not see does not exist, whatever is asked of it.
      for (method, path) in [(HTTPMethod.get, ""), (.post, "/next"), (.get, "/annotations"), (.get, "/events")] {
        let hidden = try await annotator.send(method, "projects/\(other)\(path)", nil)
        let missing = try await annotator.send(method, "projects/999\(path)", nil)
        #expect(hidden.status == 404 && missing.status == 404, "\(path)")
        #expect(hidden.json["title"] == missing.json["title"])
      }
      #expect(
        try await annotator.post("projects/\(other)/annotations", #"{"key":"t0","labels":["billing"]}"#).status == 404)
      #expect(try await annotator.get("projects/\(other)/items/1/image").status == 404)
    }
  }

  @Test func rolesBoundWhatMayBeDone() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let annotator = try await server.client(.annotator, "Ann", in: [project])
      let forbidden: [(HTTPMethod, String)] = [
        (.post, "projects"), (.patch, "projects/\(project)"), (.delete, "projects/\(project)"),
        (.post, "projects/\(project)/items"), (.get, "projects/\(project)/items"),
        (.get, "projects/\(project)/items/1"), (.delete, "projects/\(project)/items/1"),
        (.post, "projects/\(project)/queries"), (.post, "projects/\(project)/stream"),
        (.get, "projects/\(project)/rounds"), (.post, "projects/\(project)/rounds"),
        (.post, "projects/\(project)/predict"), (.get, "projects/\(project)/export"),
        (.get, "projects/\(project)/members"), (.post, "projects/\(project)/members"),
        // Whether a project exists is not to be learnt from what is forbidden.
        (.post, "projects/999/items"),
      ]
      for (method, target) in forbidden {
        let answer = try await annotator.send(method, target, "{}")
        #expect(answer.status == 403, "\(method.rawValue) \(target)")
        #expect(answer.json["detail"]?.text?.contains("annotator") == true)
      }
      #expect(try await engineer.delete("projects/\(project)").status == 403)
      let admin = try await server.client(.admin, "Ada")
      #expect(try await admin.delete("projects/\(project)").status == 204)
      #expect(try await admin.get("projects/\(project)").status == 404)
    }
  }

  @Test func membershipsEnd() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two"], to: project)
      let annotator = try await server.client(.annotator, "Ann")
      #expect(try await annotator.get("projects/\(project)").status == 404)
      let member = try await engineer.post("projects/\(project)/members", #"{"name": "Ann"}"#)
      #expect(member.status == 201 && member.json["name"]?.text == "Ann")
      let question = try await annotator.next(in: project)
      let said = try await annotator.post(
        "projects/\(project)/annotations", #"{"item": "\#(question.item)", "labels": ["billing"]}"#)
      #expect(said.status == 201)
      let held = try await annotator.next(in: project)
      let members = try await engineer.get("projects/\(project)/members").json["items"]?.list
      #expect(members?.map { $0["name"]?.text } == ["Ann"])
      let id = try #require(member.json["id"]?.text)
      #expect(try await engineer.delete("projects/\(project)/members/\(id)").status == 204)
      #expect(try await engineer.delete("projects/\(project)/members/\(id)").status == 404)
      #expect(try await annotator.get("projects/\(project)").status == 404)
      // What the member held is offered to others.
      #expect(try await annotator.post("leases/\(held.lease)/renew").status == 409)
      #expect(try await engineer.next(in: project).item == held.item)
      // An undo would show the item again.
      let annotation = try #require(said.json["id"]?.text)
      #expect(try await annotator.delete("annotations/\(annotation)").status == 404)
      #expect(try await annotator.patch("annotations/\(annotation)", #"{"labels": ["outage"]}"#).status == 404)
    }
  }
}

@Suite struct SessionTests {
  private func signIn(_ server: TestServer, _ role: Role = .engineer) async throws -> (Client, csrf: String, Answer) {
    let token = try #require(try await server.client(role, "Eve").token)
    let answer = try await server.stranger.post("sessions", #"{"token": "\#(token)"}"#)
    try #require(answer.status == 201, "\(answer.text)")
    let cookie = try #require(answer.headers["Set-Cookie"]?.split(separator: ";").first)
    var client = server.stranger
    client.headers["Cookie"] = "theme=dark; \(cookie)"
    return (client, try #require(answer.json["csrf_token"]?.text), answer)
  }

  @Test(arguments: [false, true]) func theCookieIsWellGuarded(secure: Bool) async throws {
    try await withServer(secureCookies: secure) { server in
      let (_, _, answer) = try await signIn(server)
      let parts = answer.headers["Set-Cookie"]?.split(separator: ";").map { $0.drop { $0 == " " } } ?? []
      #expect(parts.contains("HttpOnly") && parts.contains("SameSite=Strict") && parts.contains("Path=/"))
      #expect(parts.contains("Secure") == secure)
      #expect(parts.contains { $0.hasPrefix("Max-Age=") })
      #expect(answer.headers["Cache-Control"] == "no-store")
      #expect(answer.json["user"]?["role"]?.text == "engineer")
    }
  }

  @Test func unsafeRequestsNeedTheProof() async throws {
    try await withServer { server in
      let (browser, csrf, _) = try await signIn(server)
      #expect(try await browser.get("projects").status == 200)
      #expect(try await browser.get("sessions/current").json["csrf_token"]?.text == csrf)
      let body = #"{"name": "P", "modality": "text", "labels": [{"name": "a"}]}"#
      for headers: HTTPHeaders in [[:], ["X-CSRF-Token": "no"], ["X-CSRF-Token": csrf + "x"], ["X-CSRF-Token": ""]] {
        #expect(try await browser.post("projects", body, headers: headers).status == 403)
      }
      #expect(try await browser.post("projects", body, headers: ["X-CSRF-Token": csrf]).status == 201)
      // Another session's proof is none.
      let (_, other, _) = try await signIn(server)
      #expect(other != csrf)
      #expect(try await browser.post("projects", body, headers: ["X-CSRF-Token": other]).status == 403)
    }
  }

  @Test func signingOutEndsTheSession() async throws {
    try await withServer { server in
      let (browser, csrf, _) = try await signIn(server)
      let answer = try await browser.send(.delete, "sessions/current", nil, headers: ["X-CSRF-Token": csrf])
      #expect(answer.status == 204)
      #expect(answer.headers["Set-Cookie"]?.contains("Max-Age=0") == true)
      #expect(try await browser.get("projects").status == 401)
      #expect(try await browser.get("sessions/current").status == 401)
    }
  }

  @Test func wrongTokensOpenNothing() async throws {
    try await withServer { server in
      let answer = try await server.stranger.post("sessions", #"{"token": "wnw_nothing"}"#)
      #expect(answer.status == 401)
      #expect(answer.headers["Set-Cookie"] == nil)
      #expect(try await server.stranger.post("sessions", #"{"token": 7}"#).pointers == ["/token"])
      #expect(try await server.stranger.post("sessions", #"{"token": "x", "extra": 1}"#).pointers == ["/extra"])
    }
  }

  @Test func secretsAreNeverLogged() async throws {
    try await withServer { server in
      let (browser, csrf, answer) = try await signIn(server)
      let token = try #require(try await server.client(.admin, "Ada").token)
      let secret = try #require(answer.headers["Set-Cookie"]?.split(separator: ";").first?.split(separator: "=").last)
      for target in ["projects", "projects/99", "nothing/there?token=\(token)", "projects?limit=x"] {
        _ = try await browser.get(target)
        _ = try await Client(api: server.api, token: token).get(target)
        let head = try RequestHead(
          method: .get, target: "/api/v1/\(target)", headers: ["Authorization": "Bearer \(token)"])
        server.api.completed(head, status: .notFound, bytesSent: 1, duration: .milliseconds(1))
      }
      #expect(server.logs.lines.contains { $0.contains("/api/v1/nothing/there") })
      for line in server.logs.lines {
        #expect(!line.contains(token) && !line.contains(secret) && !line.contains(csrf), "\(line)")
      }
    }
  }
}
