import HTTPCore
import Testing

@testable import HTTPServer

/// What is refused because two servers in a row could read it differently, or because it reaches for what it should not.
@Suite(.timeLimit(.minutes(5))) struct StrictnessTests {
  @Test(arguments: [
    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "GET / HTTP/1.1\r\nHost: t\r\nHost: u\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: identity\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ])
  func refusesAmbiguousFraming(request: String) async throws {
    let reached = Counter()
    try await withServer { _ in
      reached.add()
      return .respond(HTTPResponse(text: "reached"))
    } _: { port, _, _ in
      let bytes = try await blocking {
        let client = try TestClient(port: port)
        try client.send(request + "GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n")
        return try client.readToEnd()
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 400 "))
      #expect(text.contains("application/problem+json"))
      #expect(!text.contains("reached"))
    }
    #expect(reached.value == 0)
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n", "rubbish\r\n\r\n",
  ])
  func refusesMalformedRequests(request: String) async throws {
    try await withServer { _ in
      .respond(HTTPResponse(text: "reached"))
    } _: { port, _, _ in
      let bytes = try await blocking {
        let client = try TestClient(port: port)
        try client.send(request)
        client.finishSending()
        return try client.readToEnd()
      }
      #expect(!String(decoding: bytes, as: UTF8.self).contains("reached"))
    }
  }

  @Test(arguments: ["/a%00b", "/a/../b", "/%2e%2e/b", "/%zz", "/a%ff", "/a?x=%00"])
  func refusesTargetsThatCannotBeDecodedSafely(target: String) async throws {
    try await withServer { head in
      .respond(HTTPResponse(text: "\(head.path)"))
    } _: { port, application, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let response = try client.get(target)
        #expect(response.status == 400)
        #expect(response["Content-Type"] == "application/problem+json")
        #expect(try client.get("/a%2Fb").text == "[\"a/b\"]")  // its framing was sound: the connection goes on
      }
      let completion = try await application.nextCompletion()
      #expect(completion.status == .badRequest)
      #expect(completion.path == target)
    }
  }

  @Test func boundsTheHeaders() async throws {
    try await withServer { _ in
      .respond(HTTPResponse(text: "reached"))
    } _: { port, _, _ in
      let bytes = try await blocking {
        let client = try TestClient(port: port)
        _ = client.sendUntilHeldBack(
          Array("GET / HTTP/1.1\r\nHost: t\r\nX: \(String(repeating: "x", count: 1 << 20))\r\n\r\n".utf8), patience: 200
        )
        return try client.readToEnd()
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains("reached"))
    }
  }

  @Test func dropsHeaderFieldsThatWouldSplitAnAnswer() async throws {
    try await withServer { _ in
      .respond(HTTPResponse(status: .ok, headers: ["X-A": "1\r\nX-B: 2"]))
    } _: { port, _, _ in
      let response = try await blocking { try TestClient(port: port).get("/") }
      #expect(response["X-A"] == nil)
      #expect(response["X-B"] == nil)
    }
  }
}

@Suite struct BodyFramingTests {
  private func framing(_ headers: HTTPHeaders) throws -> BodyFraming {
    try BodyFraming(headers: headers, isHTTP10: false)
  }

  @Test func readsLengthsAndChunks() throws {
    #expect(try framing([:]).contentLength == 0)
    #expect(try framing(["content-length": "12"]).contentLength == 12)
    #expect(try framing(["Transfer-Encoding": "Chunked"]).contentLength == nil)
    #expect(try framing(["Transfer-Encoding": "chunked"]).hasBody)
    #expect(try !framing(["Content-Length": "0"]).hasBody)
    #expect(try framing(["Expect": "100-Continue"]).expectsContinue)
    #expect(try !BodyFraming(headers: ["Expect": "100-continue"], isHTTP10: true).expectsContinue)
  }

  @Test(arguments: ["+1", "-1", "1 ", "0x1", "1,1", "", "99999999999999999999", "١"])
  func refusesLengthsThatAreNoNumbers(length: String) {
    #expect(throws: BodyFraming.Violation.self) { try framing(["Content-Length": length]) }
  }
}
