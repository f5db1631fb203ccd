import HTTPCore
import Testing

@testable import HTTPServer

/// Answers that are written while they are sent.
@Suite(.timeLimit(.minutes(5))) struct StreamTests {
  static func stream(_ produce: @escaping @Sendable (ResponseWriter) async throws -> Void) -> Acceptance {
    collecting { _ in HTTPResponse(status: .ok, headers: ["Content-Type": "text/plain"], body: .stream(produce)) }
  }

  @Test func sendsWhatIsWritten() async throws {
    try await withServer { _ in
      Self.stream { writer in
        for number in 0..<1000 {
          if number % 100 == 0 { try await Task.sleep(for: .milliseconds(1)) }
          try await writer.write("line \(number)\n")
        }
      }
    } _: { port, application, _ in
      try await blocking {
        let client = try TestClient(port: port)
        for _ in 0..<3 {
          let response = try client.get("/")
          #expect(response["Transfer-Encoding"] == "chunked")
          #expect(response.text == (0..<1000).map { "line \($0)\n" }.joined())
        }
      }
      #expect(try await application.nextCompletion().bytesSent == 8890)
    }
  }

  @Test func holdsTheWriterBackWhileTheClientLags() async throws {
    let written = Counter()
    let total = 64 << 20
    try await withServer { _ in
      Self.stream { writer in
        let block = [UInt8](repeating: 5, count: 1 << 16)
        for _ in 0..<(total >> 16) {
          try await writer.write(block)
          written.add(block.count)
        }
      }
    } _: { port, _, _ in
      let client = try await blocking { () -> UncheckedBox<TestClient> in
        let client = try TestClient(port: port, receiveBuffer: 64 << 10)
        try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(try client.readHead().status == 200)
        return UncheckedBox(client)
      }
      #expect(try await written.settle() < total / 2)
      let count = try await blocking {
        var count = 0
        while case let chunk = try client.value.readChunk(), !chunk.isEmpty {
          #expect(chunk.allSatisfy { $0 == 5 })
          count += chunk.count
        }
        return count
      }
      #expect(count == total)
    }
  }

  @Test func tellsTheWriterThatTheClientIsGone() async throws {
    let (errors, continuation) = AsyncStream<String>.makeStream()
    try await withServer { _ in
      Self.stream { writer in
        do {
          while true { try await writer.write([UInt8](repeating: 5, count: 1 << 16)) }
        } catch {
          continuation.yield("\(type(of: error))")
          throw error
        }
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        _ = try client.readHead()
        client.reset()
      }
      var iterator = errors.makeAsyncIterator()
      #expect(await iterator.next() == "ClientGone")
    }
  }

  @Test func serverSentEventsArriveOneByOne() async throws {
    let (events, continuation) = AsyncStream<String>.makeStream()
    let heartbeats = Signal()
    try await withServer { _ in
      .handle(body: .none, deadline: .zero) { _ in
        HTTPResponse(
          status: .ok, headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store"],
          body: .stream { writer in
            for await event in events { try await writer.write("data: \(event)\n\n") }
            heartbeats.set()
          })
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        try client.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(try client.readHead()["Content-Type"] == "text/event-stream")
        for number in 0..<20 {
          continuation.yield("\(number)")
          #expect(String(decoding: try client.readChunk(), as: UTF8.self) == "data: \(number)\n\n")
        }
        continuation.finish()
        #expect(try client.readChunk().isEmpty)
      }
      await heartbeats.wait()
    }
  }

  @Test func aHeartbeatFindsOutThatTheClientLeft() async throws {
    let ended = Signal()
    try await withServer { _ in
      Self.stream { writer in
        defer { ended.set() }
        while true {
          try await writer.write(": heartbeat\n\n")
          try await Task.sleep(for: .milliseconds(20))
        }
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        try client.send("GET /events HTTP/1.1\r\nHost: t\r\n\r\n")
        _ = try client.readHead()
        client.close()
      }
      await ended.wait()
    }
  }

  @Test func headOnAStreamIsEmpty() async throws {
    let started = Counter()
    try await withServer { _ in
      Self.stream { writer in
        started.add()
        try await writer.write("body")
      }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.get("/", method: "HEAD").status == 200)
        #expect(try client.get("/").text == "body")
      }
    }
    #expect(started.value == 1)
  }

  @Test func aStreamThatFailsIsNotTakenForWhole() async throws {
    struct Failure: Error {}
    try await withServer { _ in
      Self.stream { writer in
        try await writer.write("half")
        throw Failure()
      }
    } _: { port, _, _ in
      let bytes = try await blocking {
        let client = try TestClient(port: port)
        try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        return try client.readToEnd()
      }
      #expect(!String(decoding: bytes, as: UTF8.self).hasSuffix("0\r\n\r\n"))
    }
  }

  @Test func anEmptyStreamIsWhole() async throws {
    try await withServer { _ in
      Self.stream { _ in }
    } _: { port, _, _ in
      try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.get("/").text == "")
        #expect(try client.get("/").text == "")
      }
    }
  }
}

/// Carries a value from one thread to the next.
///
/// `@unchecked Sendable`: the tests use it on one thread at a time, with an `await` in between.
struct UncheckedBox<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
