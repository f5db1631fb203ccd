import HTTPCore
import Testing

@testable import HTTPServer

/// What happens to requests that take too long, in arriving or in being answered.
@Suite(.timeLimit(.minutes(5))) struct DeadlineTests {
  static let short = Duration.milliseconds(200)

  @Test func aDrippingBodyGets408() async throws {
    try await withServer { _ in
      collecting(deadline: Self.short) { _ in HTTPResponse(text: "reached") }
    } _: {
      port, application, _ in
      let response = try await blocking {
        let client = try TestClient(port: port)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\nsome")
        let response = try client.readResponse()
        #expect(try !client.fill())
        return response
      }
      #expect(response.status == 408)
      #expect(response["Content-Type"] == "application/problem+json")
      #expect(try await application.nextCompletion().status == .requestTimeout)
    }
  }

  @Test func aStreamedBodyEndsAtTheDeadline() async throws {
    let (endings, continuation) = AsyncStream<String>.makeStream()
    try await withServer { _ in
      .handle(body: .streamed(limit: 1 << 20), deadline: Self.short) { request in
        continuation.yield(await UploadTests.summary(request.body))
        return HTTPResponse(text: "never sent")
      }
    } _: { port, _, _ in
      let response = try await blocking {
        let client = try TestClient(port: port)
        try client.send(UploadTests.chunked + "3\r\nabc\r\n")
        return try client.readResponse()
      }
      #expect(response.status == 408)
      var iterator = endings.makeAsyncIterator()
      #expect(await iterator.next() == "\(BodyError.deadline)")
    }
  }

  @Test func aSlowHandlerIsCancelledAndItsClientGets503() async throws {
    let wasCancelled = Signal()
    try await withServer { head in
      head.path.isEmpty
        ? collecting(deadline: Self.short) { _ in
          try? await Task.sleep(for: .seconds(3600))
          if Task.isCancelled { wasCancelled.set() }
          return HTTPResponse(text: "never sent")
        }
        : collecting { _ in HTTPResponse(text: "fine") }
    } _: { port, application, _ in
      try await blocking {
        let client = try TestClient(port: port)
        let response = try client.get("/")
        #expect(response.status == 503)
        #expect(response["Retry-After"] != nil)
        #expect(response["Content-Type"] == "application/problem+json")
        #expect(try client.get("/next").text == "fine")  // the connection goes on
      }
      await wasCancelled.wait()
      #expect(try await application.nextCompletion().status == .serviceUnavailable)
    }
  }

  @Test func aReaderThatLagsPastTheDeadlineGets503() async throws {
    try await withServer { _ in
      .handle(body: .streamed(limit: 1 << 30), deadline: .seconds(6)) { _ in
        try? await Task.sleep(for: .seconds(3600))
        return HTTPResponse(text: "never sent")
      }
    } _: { port, _, _ in
      let response = try await blocking {
        let client = try TestClient(port: port)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(1 << 29)\r\n\r\n")
        _ = client.sendUntilHeldBack([UInt8](repeating: 1, count: 64 << 20), patience: 200)
        return try client.readResponse()
      }
      #expect(response.status == 503)
    }
  }

  @Test func aHandlerThatIgnoresItsCancellationHarmsNobody() async throws {
    let gate = Signal()
    let finished = Signal()
    try await withServer { _ in
      collecting(deadline: Self.short) { _ in
        await gate.wait()
        finished.set()
        return HTTPResponse(text: "too late")
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.get("/").status == 503)
        client.close()
      }
      gate.set()
      await finished.wait()
    }
  }

  @Test func silentConnectionsAreClosed() async throws {
    let configuration = ServerConfiguration(inactivityTimeout: .seconds(1))
    try await withServer(configuration: configuration) { _ in
      .respond(HTTPResponse(text: "a"))
    } _: { port, _, _ in
      let bytes = try await blocking {
        let client = try TestClient(port: port)
        try client.send("GET / HT")
        return try client.readToEnd()
      }
      #expect(!String(decoding: bytes, as: UTF8.self).contains("200"))
    }
  }

  @Test func theWheelTurns() {
    var wheel = TimerWheel<Int, String>(slots: 8)
    #expect(wheel.insert(1, "a", due: 3) == 3)
    #expect(wheel.insert(2, "b", due: 11) == 11)  // the same slot, a turn later
    #expect(wheel.insert(3, "c", due: 5) == 5)
    #expect(wheel.insert(4, "late", due: -7) == 1)
    #expect(wheel.count == 4)
    #expect(wheel.advance(to: 0) == [])
    #expect(wheel.advance(to: 2) == ["late"])
    wheel.remove(3, due: 5)
    wheel.remove(3, due: 5)
    #expect(wheel.count == 2)
    #expect(wheel.advance(to: 4) == ["a"])
    #expect(wheel.advance(to: 10) == [])
    #expect(wheel.advance(to: 100) == ["b"])
    #expect(wheel.count == 0)
  }
}
