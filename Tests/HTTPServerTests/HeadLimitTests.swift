import HTTPCore
import Testing

@testable import HTTPServer

/// Request heads that hold too much.
@Suite(.timeLimit(.minutes(5))) struct HeadLimitTests {
  @Test(arguments: [
    ("GET /\(String(repeating: "a", count: 8192)) HTTP/1.1\r\nHost: t\r\n\r\n", 414),
    ("GET /?q=\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: t\r\n\r\n", 414),
    ("GET / HTTP/1.1\r\nHost: t\r\nX: \(String(repeating: "x", count: 16 << 10))\r\n\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: t\r\n\(String(repeating: "X: y\r\n", count: 100))\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: t\r\nCookie: a=\(String(repeating: "b", count: 20_000))\r\n\r\n", 431),
  ])
  func tooMuchIsAProblemDocument(request: String, status: Int) async throws {
    let configuration = ServerConfiguration(answerHeaders: ["X-Content-Type-Options": "nosniff"])
    try await withServer(configuration: configuration) { _ in
      .respond(HTTPResponse(text: "reached"))
    } _: { port, application, _ in
      let response = try await blocking {
        let client = try TestClient(port: port)
        try client.send(request)
        let response = try client.readResponse()
        #expect(try !client.fill())
        return response
      }
      #expect(response.status == status)
      #expect(response["Content-Type"] == "application/problem+json")
      #expect(response["X-Content-Type-Options"] == "nosniff")
      let completion = try await application.nextCompletion()
      #expect(completion.status.code == status)
      #expect(completion.path.utf8.count <= 8192)  // what is logged is bounded too
    }
  }

  @Test func asMuchAsIsAllowedIsTaken() async throws {
    try await withServer { _ in
      .respond(HTTPResponse(text: "reached"))
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.get("/" + String(repeating: "a", count: 8191)).text == "reached")
        #expect(try client.get("/", headers: String(repeating: "X: y\r\n", count: 99)).text == "reached")
        let long = "X: " + String(repeating: "x", count: (16 << 10) - 9) + "\r\n"
        #expect(try client.get("/", headers: long).text == "reached")
      }
    }
  }

  @Test func everyAnswerHasTheServersFieldsOnce() async throws {
    @Sendable func answer(_ hasAllFields: Bool) -> HTTPResponse {
      var answer = HTTPResponse(status: .ok, headers: ["x-a": "own"])
      answer.hasAllFields = hasAllFields
      return answer
    }
    let configuration = ServerConfiguration(answerHeaders: ["X-A": "server", "X-B": "server"])
    try await withServer(configuration: configuration) { head in
      head.path == ["deadline"]
        ? collecting(deadline: .milliseconds(100)) { _ in HTTPResponse(text: "never sent") }
        : .respond(answer(head.path == ["all"]))
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let answer = try client.get("/")
        #expect(answer.headers.filter { $0.name.lowercased() == "x-a" }.map(\.value) == ["own"])
        #expect(answer["X-B"] == "server")
        #expect(try client.get("/all")["X-B"] == nil)
        #expect(try client.get("/%zz")["X-B"] == "server")
        // Written to the socket beside the library.
        try client.send("POST /deadline HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\n")
        let late = try client.readResponse()
        #expect(late.status == 408)
        #expect(late["X-A"] == "server")
      }
    }
  }
}
