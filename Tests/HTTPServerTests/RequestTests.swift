import HTTPCore
import Testing

@testable import HTTPServer

/// Plain requests: routes in and answers out, one after the other on a connection.
@Suite(.timeLimit(.minutes(5))) struct RequestTests {
  @Sendable static func echo(_ head: RequestHead) -> Acceptance {
    switch head.path.first {
    case "missing": .respond(ProblemDocument(status: .notFound).response())
    case "slow":
      collecting { request in
        await Task.yield()
        try? await Task.sleep(for: .milliseconds(20))
        return HTTPResponse(text: "slow \(request.path[1])")
      }
    case "empty": collecting { _ in HTTPResponse(status: .noContent) }
    default:
      collecting {
        HTTPResponse(text: "\($0.method.rawValue) \($0.path) \($0.query["q"] ?? "-") \($0.body.bytes.count)")
      }
    }
  }

  @Test func answersGet() async throws {
    try await withServer(Self.echo) { port, application, _ in
      let response = try await blocking { try TestClient(port: port).get("/a/b?q=x%20y") }
      #expect(response.status == 200)
      #expect(response.text == "GET [\"a\", \"b\"] x y 0")
      #expect(response["Content-Type"] == "text/plain; charset=utf-8")
      #expect(response["Date"] != nil)
      let completion = try await application.nextCompletion()
      #expect(completion.status == .ok)
      #expect(completion.bytesSent == response.body.count)
      #expect(completion.id == response["X-Request-Id"])
    }
  }

  @Test func headHasTheLengthAndNoBody() async throws {
    try await withServer(Self.echo) { port, application, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let head = try client.get("/a", method: "HEAD")
        #expect(head["Content-Length"] == "14")
        #expect(try client.get("/a").text == "GET [\"a\"] - 0")  // nothing of a body stood in between
      }
      #expect(try await application.nextCompletion().bytesSent == 0)
    }
  }

  @Test func keepsConnectionsAlive() async throws {
    try await withServer(Self.echo) { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        for number in 0..<50 {
          #expect(try client.get("/\(number)").text == "GET [\"\(number)\"] - 0")
          #expect(try client.get("/slow/\(number)").text == "slow \(number)")
          #expect(try client.get("/missing").status == 404)
          #expect(try client.post("/p", "body").text == "POST [\"p\"] - 4")
          #expect(try client.post("/missing", "dropped").status == 404)
          #expect(try client.get("/empty").status == 204)
        }
      }
    }
  }

  @Test func answersPipelinedRequestsInOrder() async throws {
    try await withServer(Self.echo) { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let paths = (0..<20).map { $0 % 3 == 0 ? "/slow/\($0)" : "/\($0)" }
        try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: t\r\n\r\n" }.joined())
        for number in 0..<20 {
          let expected = number % 3 == 0 ? "slow \(number)" : "GET [\"\(number)\"] - 0"
          #expect(try client.readResponse().text == expected)
        }
      }
    }
  }

  @Test func echoesUsableRequestIDsAndMakesOthers() async throws {
    try await withServer(Self.echo) { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.get("/", headers: "X-Request-Id: mine-7\r\n")["X-Request-Id"] == "mine-7")
        let made = try #require(try client.get("/", headers: "X-Request-Id: not mine\r\n")["X-Request-Id"])
        #expect(!made.contains(" "))
        #expect(try client.get("/")["X-Request-Id"] != made)
      }
    }
  }

  @Test func handlersSeeHeadersCookiesAndTheAddress() async throws {
    try await withServer { _ in
      collecting { HTTPResponse(text: "\($0.headers["x-a"] ?? "") \($0.cookies["sid"] ?? "") \($0.remoteAddress)") }
    } _: { port, _, _ in
      let response = try await blocking { try TestClient(port: port).get("/", headers: "X-A: 1\r\nCookie: sid=s\r\n") }
      #expect(response.text == "1 s 127.0.0.1")
    }
  }

  @Test func routerAnswersOtherMethodsWithAllow() async throws {
    let router = Router(routes: [Route(method: .get, pattern: "/a", handler: true)])
    try await withServer { head in
      switch router.resolve(head.method, head.path) {
      case .matched: .respond(HTTPResponse(text: "a"))
      case .methodNotAllowed(let allow): .respond(router.methodNotAllowedResponse(head.method, allow: allow))
      case .notFound: .respond(ProblemDocument(status: .notFound).response())
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let refused = try client.post("/a", "x")
        #expect(refused.status == 405)
        #expect(refused["Allow"] == "GET, HEAD, OPTIONS")
        #expect(try client.get("/a", method: "OPTIONS").status == 204)
        #expect(try client.get("/a").text == "a")
      }
    }
  }

  @Test func oldClientsGetTheirAnswerAndTheEnd() async throws {
    try await withServer(Self.echo) { port, _, _ in
      let bytes = try await blocking {
        let client = try TestClient(port: port)
        try client.send("GET /old HTTP/1.0\r\n\r\n")
        return try client.readToEnd()
      }
      #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("GET [\"old\"] - 0"))
    }
  }

  @Test func manyConnectionsAtOnce() async throws {
    try await withServer(Self.echo) { port, _, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<16 {
          group.addTask {
            try await blocking {
              let client = try TestClient(port: port)
              for number in 0..<40 {
                #expect(try client.get("/slow/\(worker)-\(number)").text == "slow \(worker)-\(number)")
                #expect(
                  try client.post("/p", String(repeating: "x", count: number * 100)).text.hasSuffix("\(number * 100)"))
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
