import Domain
import Foundation
import HTTPCore
import Testing

@testable import RESTAPI

/// What browsers are told not to do.
@Suite struct SecurityHeadersTests {
  private func check(_ answer: Answer, _ what: String) {
    for field in SecurityHeaders.common.fields {
      #expect(answer.headers.values(for: field.name).count == 1, "\(what): \(field.name)")
    }
    #expect(answer.headers["X-Content-Type-Options"] == "nosniff", "\(what)")
    #expect(answer.headers["Content-Security-Policy"]?.contains("frame-ancestors 'none'") == true, "\(what)")
    #expect(answer.headers["Cache-Control"] != nil, "\(what)")
    #expect(answer.headers["Strict-Transport-Security"] == nil, "\(what)")
  }

  @Test func everyRouteHasThem() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      for endpoint in Endpoint.all where endpoint.produces != "text/event-stream" {
        for path in endpoint.paths {
          let target = path.replacing("{project}", with: "1").replacing(#/\{\w+\}/#, with: "7")
          for client in [server.stranger, admin] {
            let answer = try await client.send(endpoint.method, target, nil)
            check(answer, "\(endpoint.method.rawValue) \(path) \(answer.status)")
          }
        }
      }
    }
  }

  @Test(arguments: ["/", "/label.html", "/docs/", "/nothing", "/api/v1/nothing", "/healthz", "/openapi.json"])
  func pagesAndProblemsHaveThem(path: String) async throws {
    try await withServer { server in
      for method in [HTTPMethod.get, .head, .options, .put] {
        check(try await server.stranger.send(method, path, nil), "\(method.rawValue) \(path)")
      }
      let answer = try await server.stranger.get(path)
      if let tag = answer.headers["ETag"] {
        let again = try await server.stranger.get(path, headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        check(again, path)
      }
    }
  }

  @Test(arguments: ["/js/api.js", "/js/theme.js", "/style/base.css", "/vendor/chart.js"])
  func scriptsAndStylesCarryOnlyWhatMeansSomethingToThem(path: String) async throws {
    try await withServer { server in
      let answer = try await server.stranger.get(path)
      #expect(answer.status == 200)
      #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
      #expect(answer.headers["Cross-Origin-Resource-Policy"] == "same-origin")
      let size = answer.headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
      #expect(size < 350, "\(size) bytes of header fields")
      // A method that is refused is answered by a document of its own.
      check(try await server.stranger.send(.put, path, nil), "PUT \(path)")
    }
  }

  @Test func pagesMayLoadWhatIsOursAndNothingElse() async throws {
    try await withServer { server in
      let policy = try #require(try await server.stranger.get("/label.html").headers["Content-Security-Policy"])
      #expect(policy.contains("default-src 'self'") && !policy.contains("unsafe"))
    }
  }

  @Test func answersWithPrivateDataAreNotKept() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["a"], to: project)
      _ = try await engineer.label("t0", "billing", in: project)
      for path in ["projects", "projects/\(project)", "projects/\(project)/items", "projects/\(project)/export"] {
        let answer = try await engineer.get(path)
        #expect(answer.headers["Cache-Control"] == "no-store", "\(path)")
      }
      let tag = try #require(try await engineer.get("projects/\(project)").headers["ETag"])
      #expect(try await engineer.get("projects/\(project)", headers: ["If-None-Match": tag]).status == 304)
    }
  }

  @Test func onlyClientsWithTLSAreTiedToIt() async throws {
    try await withServer { server in
      var client = server.stranger
      client.isSecure = true
      for path in ["/", "/healthz", "/nothing"] {
        let answer = try await client.get(path)
        #expect(answer.headers["Strict-Transport-Security"] == "max-age=31536000")
      }
    }
  }

  @Test func theCookieGoesWithTheClientsLeg() async throws {
    try await withServer { server in
      let token = try #require(try await server.client(.engineer, "Eve").token)
      for isSecure in [false, true] {
        var client = server.stranger
        client.isSecure = isSecure
        let answer = try await client.post("sessions", #"{"token": "\#(token)"}"#)
        let cookie = try #require(answer.headers["Set-Cookie"], "\(answer.text)")
        #expect(cookie.contains("; Secure") == isSecure)
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
      }
    }
  }

  @Test func whatWasUploadedNeverRuns() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["a"])
      let target = "projects/\(project)/items"
      // A picture with a page behind it, which some browsers would once have found.
      let png = Array(try #require(Data(base64Encoded: Picture.base64)))
      let chimera = png + Array("<html><script>alert(1)</script>".utf8)
      let taken = try await engineer.send(.post, target + "?key=a", chunks: [chimera], type: "image/png")
      #expect(taken.json["created"]?.int == 1, "\(taken.text)")
      let item = try #require(try await engineer.get(target).json["items"]?[0]?["image_url"]?.text)
      for path in [item, item + "?width=1"] {
        let answer = try await engineer.get(path)
        #expect(answer.headers["Content-Type"] == "image/png")
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        #expect(answer.headers["Content-Security-Policy"]?.contains("sandbox") == true)
      }
      for page in ["<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "<html>", "GIF89a"] {
        for type in ["image/png", "image/svg+xml", "text/html"] {
          let answer = try await engineer.send(.post, target, chunks: [Array(page.utf8)], type: type)
          #expect(answer.status == 415 || answer.json["rejected_count"]?.int == 1, "\(answer.text)")
        }
      }
    }
  }
}
