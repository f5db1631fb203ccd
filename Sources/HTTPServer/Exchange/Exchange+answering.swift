import CWinnowMicroHTTPD
import Glibc
import HTTPCore
import Logging

/// The answer's way out.
extension Exchange {
  /// Starts the handler here, on the connection's thread, where most of them also finish: suspending costs more than
  /// twice as much as answering.
  func start(_ handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse, _ request: HTTPRequest) {
    state.withLock { $0.hasStarted = true }
    let task = Task.immediate { self.finish(await handler(request)) }
    let isOver = state.withLock { state in
      if state.answer == nil && !state.isCut { state.task = task }
      return state.connection == nil || state.isCut || state.hasExpired
    }
    if isOver { task.cancel() }
  }

  /// Takes the handler's answer; one that comes too late is forgotten.
  private func finish(_ response: HTTPResponse) {
    state.withLock { state in
      state.task = nil
      guard state.connection != nil, state.answer == nil, !state.isCut, !state.isQueued else { return }
      if let limit = state.excess, response.status.code < 400 {
        state.answer = ServerProblem.tooLarge(limit: limit)
      } else {
        state.answer = response
      }
      if !state.isReceived {  // an answer before the body's end: the rest is dropped
        state.intake = .drop
        state.upload.end(.failure(.truncated))
        setDeadline(&state, after: Self.drainTime)
      }
      resume(&state)
    }
  }

  /// Queues an answer, on the connection's thread.
  func answer(with response: HTTPResponse, on connection: OpaquePointer) -> MHD_Result {
    let isHead = head?.method == .head
    var response = completed(response)
    guard let message = makeMessage(&response, isHead: isHead) else { return .NO }
    for field in response.headers.fields where MHD_add_response_header(message, field.name, field.value) != .YES {
      core.logger.warning("A header field was left out: it is not valid", metadata: ["name": "\(field.name)"])
    }
    if let head, !response.headers.contains("X-Request-Id") {
      MHD_add_response_header(message, "X-Request-Id", head.id)
    }
    state.withLock { state in
      state.isQueued = true
      state.answer = nil
      state.handler = nil
      state.status = response.status
      clearDeadline(&state)
      switch response.body {
      case .bytes(let bytes): state.bytesSent = isHead ? 0 : bytes.count
      case .file(_, let size): state.bytesSent = isHead ? 0 : size
      case .empty, .stream: break
      }
      state.knownSize = response.isStream ? nil : state.bytesSent
      state.pace.restart(moved: 0, now: CoarseClock.now)
      // Streams do not hold a stop: one export that nobody reads would hold it for ever.
      count(&state, as: response.isStream ? .none : .sending)
    }
    let result = MHD_queue_response(connection, UInt32(response.status.code), message)
    MHD_destroy_response(message)  // the queue holds its own reference
    if result == .YES, !isHead, case .stream(let produce) = response.body { startProducer(produce) }
    return result
  }

  /// The answer with the header fields that every answer has, unless it has all that it wants.
  func completed(_ response: HTTPResponse) -> HTTPResponse {
    if response.hasAllFields { return response }
    var response = response
    for field in core.configuration.answerHeaders.fields where !response.headers.contains(field.name) {
      response.headers.add(name: field.name, value: field.value)
    }
    return response
  }

  private func makeMessage(_ response: inout HTTPResponse, isHead: Bool) -> OpaquePointer? {
    switch response.body {
    case .empty: return winnow_mhd_response("", 0)
    case .bytes(let bytes): return bytes.withUnsafeBytes { winnow_mhd_response($0.baseAddress, $0.count) }
    case .file(let path, let size):
      let file = open(path, O_RDONLY | O_CLOEXEC)
      if file >= 0, let message = MHD_create_response_from_fd(size, file) { return message }  // which closes the file
      if file >= 0 { close(file) }
      core.logger.error("A file to be sent cannot be opened", metadata: ["path": "\(path)"])
      response = ServerProblem.broken()
      return makeMessage(&response, isHead: isHead)
    case .stream:
      if isHead { return winnow_mhd_response("", 0) }
      // Retained for the reader; released by `releaseStream`, which libmicrohttpd calls once with the message's end.
      let context = Unmanaged.passRetained(self)
      let message = winnow_mhd_stream(32 << 10, readStream, context.toOpaque(), releaseStream)
      if message == nil { context.release() }
      return message
    }
  }

  /// The end of the exchange, whatever it was; on the connection's thread, before the socket is closed.
  func end() {
    watch?.end()
    let (tasks, status, bytes) = state.withLock { state in
      head?.record.received(bytes: state.received)
      state.connection = nil
      state.socket = -1
      clearDeadline(&state)
      count(&state, as: .none)
      state.upload.end(.failure(.truncated))
      state.download.end(.failed)
      state.collected = []
      state.handler = nil
      state.answer = nil
      defer { (state.task, state.producer) = (nil, nil) }
      return ([state.task, state.producer], state.status, state.bytesSent)
    }
    for task in tasks { task?.cancel() }  // outside the lock: a cancellation handler takes it
    guard let head else { return }
    core.application.completed(head, status: status, bytesSent: bytes, duration: .now - started)
  }
}

extension HTTPResponse {
  fileprivate var isStream: Bool { if case .stream = body { true } else { false } }
}
