import HTTPCore
import Logging
import Testing

@testable import HTTPServer

/// An application made of a closure, which remembers what was completed.
final class TestApplication: HTTPApplication {
  struct Completion: Sendable {
    let path: String
    let id: String
    let status: HTTPStatus
    let bytesSent: Int
  }

  private let decide: @Sendable (RequestHead) -> Acceptance
  private let continuation: AsyncStream<Completion>.Continuation
  let completions: AsyncStream<Completion>

  init(_ decide: @escaping @Sendable (RequestHead) -> Acceptance) {
    self.decide = decide
    (completions, continuation) = AsyncStream.makeStream()
  }

  func accept(_ head: RequestHead) -> Acceptance { decide(head) }

  func completed(_ head: RequestHead, status: HTTPStatus, bytesSent: Int, duration: Duration) {
    continuation.yield(Completion(path: head.rawPath, id: head.id, status: status, bytesSent: bytesSent))
  }

  /// The next request to end.
  func nextCompletion() async throws -> Completion {
    var iterator = completions.makeAsyncIterator()
    return try #require(await iterator.next())
  }
}

/// Starts a server on a free port, runs the body, and stops the server.
func withServer(
  configuration: ServerConfiguration = ServerConfiguration(drainTimeout: .milliseconds(200)),
  _ decide: @escaping @Sendable (RequestHead) -> Acceptance,
  _ body: (UInt16, TestApplication, HTTPServer) async throws -> Void
) async throws {
  let application = TestApplication(decide)
  let server = HTTPServer(configuration: configuration, application: application, logger: quietLogger)
  let port = try server.start()
  do {
    try await body(port, application, server)
  } catch {
    await server.stop()
    throw error
  }
  await server.stop()
}

let quietLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Handles a request whose body is collected.
func collecting(
  limit: Int = 1 << 20, deadline: Duration = .seconds(60),
  _ handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
) -> Acceptance {
  .handle(body: .collected(limit: limit), deadline: deadline, handler: handler)
}

/// Something that happens once and can be waited for, by many.
final class Signal: Sendable {
  private struct State {
    var isSet = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Locked(State())

  func set() {
    let waiters = state.withLock { state in
      state.isSet = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  var isSet: Bool { state.withLock { $0.isSet } }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isSet = state.withLock { state in
        if !state.isSet { state.waiters.append(continuation) }
        return state.isSet
      }
      if isSet { continuation.resume() }
    }
  }
}

/// A number that several threads count.
final class Counter: Sendable {
  private let state = Locked(0)
  func add(_ more: Int = 1) { state.withLock { $0 += more } }
  var value: Int { state.withLock { $0 } }

  /// Waits until nobody counts any more.
  func settle() async throws -> Int {
    var last = -1
    while value != last {
      last = value
      try await Task.sleep(for: .milliseconds(150))
    }
    return last
  }
}
