import Glibc
import HTTPCore
import Testing

@testable import HTTPServer

/// Bodies: collected, streamed, too long, cut short, slow readers.
@Suite(.timeLimit(.minutes(5))) struct UploadTests {
  static let chunked = "POST /u HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"

  /// Sums up a streamed body: its length, the sum of its bytes, its longest chunk, and how it ended.
  static func summary(_ body: RequestBody) async -> String {
    var (count, sum, longest) = (0, 0, 0)
    do {
      for try await chunk in body.chunks {
        count += chunk.count
        sum += chunk.reduce(0) { $0 + Int($1) }
        longest = max(longest, chunk.count)
      }
    } catch {
      return "\(error)"
    }
    return "\(count) \(sum) \(longest <= (256 + 64 + 64) << 10)"
  }

  static func streaming(limit: Int = 1 << 30, deadline: Duration = .seconds(60)) -> Acceptance {
    .handle(body: .streamed(limit: limit), deadline: deadline) { HTTPResponse(text: await summary($0.body)) }
  }

  @Test func collectsChunkedBodies() async throws {
    try await withServer { _ in
      collecting { HTTPResponse(text: String(decoding: $0.body.bytes, as: UTF8.self)) }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        try client.send(Self.chunked + "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\n\r\n")
        #expect(try client.readResponse().text == "abcdefg")
        try client.send(Self.chunked + "0\r\n\r\n")
        #expect(try client.readResponse().text == "")
        let long = String(repeating: "0123456789", count: 30_000)
        #expect(try client.post("/", long).text == long)
      }
    }
  }

  @Test func sendsContinueWhereTheBodyIsWanted() async throws {
    try await withServer { _ in
      collecting(limit: 10) { HTTPResponse(text: "\($0.body.bytes.count)") }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        #expect(try client.readHead().status == 100)
        try client.send("abc")
        #expect(try client.readResponse().text == "3")
      }
    }
  }

  @Test(arguments: [11, 2 << 30]) func refusesOnHeadersWhatIsTooLongBeforeItIsSent(length: Int) async throws {
    try await withServer { _ in
      collecting(limit: 10) { _ in HTTPResponse(text: "reached") }
    } _: { port, _, _ in
      let response = try await blocking {
        let client = try TestClient(port: port)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
        return try client.readResponse()
      }
      #expect(response.status == 413)
      #expect(response["Content-Type"] == "application/problem+json")
    }
  }

  @Test func refusesTwoGigabytesOnHeaders() async throws {
    try await withServer { _ in
      collecting(limit: 10) { _ in HTTPResponse(text: "reached") }
    } _: { port, _, _ in
      let response = try await blocking {
        let client = try TestClient(port: port)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(2 << 30)\r\n\r\n")
        return try client.readResponse()
      }
      #expect(response.status == 413)
    }
  }

  @Test func dropsALittleTooMuchAndKeepsTheConnection() async throws {
    try await withServer { _ in
      collecting(limit: 10) { HTTPResponse(text: "\($0.body.bytes.count)") }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.post("/", String(repeating: "x", count: 200_000)).status == 413)
        try client.send(Self.chunked + "20\r\n\(String(repeating: "y", count: 32))\r\n0\r\n\r\n")
        #expect(try client.readResponse().status == 413)
        #expect(try client.post("/", "0123456789").text == "10")
      }
    }
  }

  @Test func cutsAnEndlessBodyWithItsAnswer() async throws {
    try await withServer { _ in
      collecting(limit: 10) { _ in HTTPResponse(text: "reached") }
    } _: { port, application, _ in
      let response = try await blocking {
        let client = try TestClient(port: port)
        let chunk = "10000\r\n\(String(repeating: "z", count: 65536))\r\n"
        try client.send(Self.chunked)
        for _ in 0..<17 { try client.send(chunk) }  // just past the cap of 1 MiB, and no end in sight
        let response = try client.readResponse()
        #expect(try !client.fill())
        return response
      }
      #expect(response.status == 413)
      #expect(response["Content-Type"] == "application/problem+json")
      #expect(response["Connection"] == "close")
      #expect(response["X-Request-Id"] != nil)
      #expect(try await application.nextCompletion().status == .contentTooLarge)
    }
  }

  @Test func streamsUploads() async throws {
    try await withServer { _ in
      Self.streaming()
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let chunk = [UInt8]((0..<50_000).map { UInt8($0 % 251) })
        let sum = chunk.reduce(0) { $0 + Int($1) }
        try client.send(Self.chunked)
        for _ in 0..<400 { try client.send(Array("C350\r\n".utf8) + chunk + [13, 10]) }
        try client.send("0\r\n\r\n")
        #expect(try client.readResponse().text == "20000000 \(sum * 400) true")
        #expect(try client.post("/", "abc").text == "3 294 true")
        #expect(try client.get("/").text == "0 0 true")
      }
    }
  }

  @Test func holdsTheClientBackWhileTheReaderLags() async throws {
    let gate = Signal()
    try await withServer { _ in
      .handle(body: .streamed(limit: 1 << 30), deadline: .zero) { request in
        await gate.wait()
        return HTTPResponse(text: await Self.summary(request.body))
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let body = [UInt8](repeating: 1, count: 64 << 20)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.count)\r\n\r\n")
        let sent = client.sendUntilHeldBack(body, patience: 500)
        #expect(sent < 32 << 20)  // the rest is the kernel's buffers
        gate.set()
        try client.send(Array(body[sent...]))
        #expect(try client.readResponse().text == "\(64 << 20) \(64 << 20) true")
      }
    }
  }

  @Test func endsAStreamPastItsLimit() async throws {
    let ending = Locked("")
    try await withServer { _ in
      .handle(body: .streamed(limit: 1000), deadline: .zero) { request in
        let text = await Self.summary(request.body)
        ending.withLock { $0 = text }
        return HTTPResponse(text: text)
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        try client.send(Self.chunked + "400\r\n\(String(repeating: "y", count: 1024))\r\n0\r\n\r\n")
        #expect(try client.readResponse().status == 413)
        #expect(try client.post("/", "x").status == 200)
      }
    }
    #expect(ending.withLock { $0 } == "1 120 true")
  }

  @Test func answersBeforeTheBodysEnd() async throws {
    try await withServer { _ in
      .handle(body: .streamed(limit: 1 << 30), deadline: .zero) { _ in
        ProblemDocument(status: .unprocessableContent, detail: "the first line is wrong").response()
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.post("/", String(repeating: "x", count: 100_000)).status == 422)
        #expect(try client.post("/", "again").status == 422)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(1 << 28)\r\n\r\n")
        try client.send([UInt8](repeating: 7, count: 1_200_000))
        #expect(try client.readResponse().status == 422)
      }
    }
  }

  @Test func tellsTheReaderOfATruncatedBodyAndAnswersNothing() async throws {
    let (endings, continuation) = AsyncStream<String>.makeStream()
    let started = Counter()
    try await withServer { _ in
      .handle(body: .streamed(limit: 1 << 30), deadline: .zero) { request in
        started.add()
        continuation.yield(await Self.summary(request.body))
        return HTTPResponse(text: "never sent")
      }
    } _: { port, application, _ in
      for isReset in [false, true] {
        let bytes = try await blocking { () -> [UInt8] in
          let client = try TestClient(port: port)
          try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nonly this")
          if isReset {
            while started.value < 2 { usleep(1000) }  // a reset before the request is read would hide it
            client.reset()
            return []
          }
          client.finishSending()
          return try client.readToEnd()
        }
        #expect(bytes.isEmpty)
        var iterator = endings.makeAsyncIterator()
        #expect(await iterator.next() == "\(BodyError.truncated)")
        #expect(try await application.nextCompletion().status == .clientClosedRequest)
      }
    }
  }

  @Test func neverStartsTheHandlerOfATruncatedCollectedBody() async throws {
    let reached = Counter()
    try await withServer { _ in
      collecting { _ in
        reached.add()
        return HTTPResponse(text: "reached")
      }
    } _: { port, application, _ in
      try await blocking {
        let client = try TestClient(port: port)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nonly this")
        client.close()
      }
      #expect(try await application.nextCompletion().status == .clientClosedRequest)
    }
    #expect(reached.value == 0)
  }

  @Test func dropsTheBodyOfARouteThatTakesNone() async throws {
    try await withServer { _ in
      .handle(body: .none, deadline: .zero) { HTTPResponse(text: "\($0.body.bytes.count)") }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.post("/", "ignored").text == "0")
        #expect(try client.get("/").text == "0")
      }
    }
  }
}
