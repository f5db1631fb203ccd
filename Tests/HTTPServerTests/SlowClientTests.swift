import Glibc
import HTTPCore
import Testing

@testable import HTTPServer

/// Clients that take their time to occupy the server: they are shown out, and nobody else notices.
@Suite(.timeLimit(.minutes(5))) struct SlowClientTests {
  /// A second and a half for every body, where the defaults have a minute; heads have longer, for a client under test may
  /// itself be kept waiting by a busy machine.
  private static let hasty = Patience(
    head: .seconds(10), idleUnderPressure: .seconds(2), bytesPerSecond: 100_000, window: .milliseconds(1500))

  private static func configuration(
    _ patience: Patience = hasty, connections: Int = 2000, inactivity: Duration = .seconds(60)
  ) -> ServerConfiguration {
    ServerConfiguration(
      connectionLimit: connections, patience: patience, inactivityTimeout: inactivity, drainTimeout: .milliseconds(200))
  }

  /// Lets slow clients loose while a well-behaved one asks again and again, on one connection and on new ones.
  private func besidesAGoodClient(
    _ port: UInt16, keepsAlive: Bool = true, _ slow: @escaping @Sendable () throws -> Void
  ) async throws {
    async let good: Int = blocking {
      let client = try TestClient(port: port)
      var answers = 0
      for _ in 0..<100 {
        if keepsAlive { #expect(try client.get("/good").text == "good") }
        #expect(try TestClient(port: port).get("/good").text == "good")
        answers += 1
      }
      return answers
    }
    async let bad: Void = blocking(slow)
    try await bad
    #expect(try await good == 100)
  }

  private static func good(_ head: RequestHead) -> Acceptance? {
    head.path == ["good"] ? .respond(HTTPResponse(text: "good")) : nil
  }

  @Test(arguments: [false, true]) func drippingHeadersAreCut(afterARequest: Bool) async throws {
    let reached = Counter()
    // Longer than a good client on a busy machine takes, and much less than it would take to send a whole head.
    let configuration = Self.configuration(Patience(head: .seconds(3)), inactivity: .seconds(3))
    try await withServer(configuration: configuration) { head in
      if let good = Self.good(head) { return good }
      if head.path == ["slow"] { reached.add() }
      return .respond(HTTPResponse(text: "a"))
    } _: { port, _, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for start in ["", "GET /slow", "GET /slow HTTP/1.1\r\nHost: t\r\n", "GET /slow HTTP/1.1\r\nX-Header: "] {
          group.addTask {
            try await self.besidesAGoodClient(port, keepsAlive: false) {
              let client = try TestClient(port: port)
              if afterARequest { #expect(try client.get("/").text == "a") }
              try client.send(start)
              // Never silent for long, never at an end: only a time for the whole head stops this.
              let answer = try client.drip(start.hasSuffix("\n") ? "X: y\r\n" : "x")
              #expect(!String(decoding: answer, as: UTF8.self).contains("200 OK"))
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(reached.value == 0)
    }
  }

  @Test func aDrippingBodyIsCutLongBeforeItsDeadline() async throws {
    let (endings, continuation) = AsyncStream<String>.makeStream()
    try await withServer(configuration: Self.configuration()) { head in
      if let good = Self.good(head) { return good }
      return head.path == ["stream"]
        ? .handle(body: .streamed(limit: 1 << 20), deadline: .seconds(3600)) { request in
          continuation.yield(await UploadTests.summary(request.body))
          return HTTPResponse(text: "never sent")
        } : collecting(deadline: .seconds(3600)) { _ in HTTPResponse(text: "never sent") }
    } _: { port, _, _ in
      try await besidesAGoodClient(port) {
        for path in ["stream", "collect"] {
          let client = try TestClient(port: port)
          try client.send("POST /\(path) HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n")
          #expect(try client.drip("x") == [])
        }
      }
      var iterator = endings.makeAsyncIterator()
      #expect(await iterator.next() == "\(BodyError.truncated)")
    }
  }

  /// Answers without an end, or a long one.
  private static func long(_ head: RequestHead) -> Acceptance {
    if let good = good(head) { return good }
    return collecting { _ in
      if head.path == ["bytes"] { return HTTPResponse(status: .ok, body: .bytes(Array(repeating: 1, count: 32 << 20))) }
      return HTTPResponse(
        status: .ok,
        body: .stream { writer in
          while true { try await writer.write([UInt8](repeating: 1, count: 64 << 10)) }
        })
    }
  }

  @Test(arguments: ["/stream", "/bytes"], [0, 1]) func anAnswerThatIsNotReadIsCut(path: String, sips: Int) async throws
  {
    // What has a length has a time by it: a third of a second for 32 MiB.
    var patience = Self.hasty
    if path == "/bytes" { patience.bytesPerSecond = 100_000_000 }
    try await withServer(configuration: Self.configuration(patience), Self.long) { port, application, _ in
      let ended = Signal()
      async let completion: Void = {
        while try await application.nextCompletion().path != path {}
        ended.set()
      }()
      try await besidesAGoodClient(port) {
        let client = try TestClient(port: port, receiveBuffer: 4 << 10)
        try client.send("GET \(path) HTTP/1.1\r\nHost: t\r\n\r\n")
        while !ended.isSet {
          usleep(100_000)
          for _ in 0..<sips { _ = try client.fill() }
        }
      }
      try await completion
    }
  }

  @Test func aStreamWithNothingToSayIsLeftAlone() async throws {
    let ended = Signal()
    try await withServer(configuration: Self.configuration()) { _ in
      collecting { _ in
        HTTPResponse(
          status: .ok,
          body: .stream { writer in
            try await writer.write("first")
            await ended.wait()
            try await writer.write("last")
          })
      }
    } _: { port, _, _ in
      let client = try await blocking {
        let client = try TestClient(port: port)
        try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
        _ = try client.readHead()
        #expect(try client.readChunk() == Array("first".utf8))
        return Held(client)
      }
      // Silent for several windows.
      try await Task.sleep(for: .milliseconds(4000))
      ended.set()
      #expect(try await blocking { try client.value.readChunk() } == Array("last".utf8))
    }
  }

  @Test func anUploadThatIsHeldBackIsLeftAlone() async throws {
    let size = 8 << 20
    try await withServer(configuration: Self.configuration()) { _ in
      .handle(body: .streamed(limit: 1 << 30), deadline: .seconds(60)) { request in
        // Busy for several windows, while the client cannot go on.
        try? await Task.sleep(for: .milliseconds(4000))
        var count = 0
        do { for try await chunk in request.body.chunks { count += chunk.count } } catch {
          return HTTPResponse(text: "\(error)")
        }
        return HTTPResponse(text: "\(count)")
      }
    } _: { port, _, _ in
      let body = [UInt8](repeating: 1, count: size)
      let answer = try await blocking {
        let client = try TestClient(port: port)
        try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: \(size)\r\n\r\n")
        try client.send(body)
        return try client.readResponse().text
      }
      #expect(answer == "\(size)")
    }
  }

  @Test func idleConnectionsMakeRoomWhereTheyRunShort() async throws {
    let configuration = Self.configuration(connections: 40)
    try await withServer(configuration: configuration) { _ in
      .respond(HTTPResponse(text: "good"))
    } _: { port, _, _ in
      try await besidesAGoodClient(port, keepsAlive: false) {
        // As many as there may be, and then some that wait at the door.
        let idle = try (0..<60).map { _ in try TestClient(port: port) }
        var ended = 0
        for client in idle where try client.readToEnd().isEmpty { ended += 1 }
        #expect(ended == 60)
      }
    }
  }

  @Test func idleConnectionsStayWhereThereIsRoom() async throws {
    try await withServer(configuration: Self.configuration()) { _ in
      .respond(HTTPResponse(text: "good"))
    } _: { port, _, _ in
      let client = try await blocking {
        let client = try TestClient(port: port)
        #expect(try client.get("/").text == "good")
        return Held(client)
      }
      try await Task.sleep(for: .milliseconds(4000))
      #expect(try await blocking { try client.value.get("/").text } == "good")
    }
  }
}

/// A client that is used by one thread after the other.
///
/// `@unchecked Sendable`: the tests hand it on and never use it from two at once.
final class Held: @unchecked Sendable {
  let value: TestClient
  init(_ value: TestClient) { self.value = value }
}
