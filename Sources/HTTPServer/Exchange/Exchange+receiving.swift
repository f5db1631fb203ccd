import CWinnowMicroHTTPD
import Glibc
import HTTPCore

/// The request's way in: on the connection's thread, called by libmicrohttpd.
extension Exchange {
  /// How long the rest of an unwanted body may take.
  static let drainTime = Duration.seconds(10)

  /// The first call, with the headers: decides everything, answers nothing unless the body must not even be sent.
  func receiveHead(_ connection: OpaquePointer, method: String, isHTTP10: Bool) -> MHD_Result {
    started = .now
    defer { watch?.received() }
    let headers = requestHeaders(connection)
    state.withLock { state in
      state.connection = connection
      state.socket = winnow_mhd_socket(connection)
      state.pace.restart(moved: 0, now: CoarseClock.now)
    }
    let framing: BodyFraming
    if let problem = ServerProblem.excess(target: target, headers, core.configuration.headLimits) {
      head = anonymousHead(method, headers, connection)
      return answer(with: problem, on: connection)
    }
    do {
      framing = try BodyFraming(headers: headers, isHTTP10: isHTTP10)
    } catch {
      head = anonymousHead(method, headers, connection)
      return answer(with: ServerProblem.badFraming(error), on: connection)
    }
    do {
      let origin = ClientOrigin(
        peer: remoteAddress(connection), isTLS: core.isTLS, headers: headers,
        trusted: core.configuration.trustedProxies)
      let head = RequestHead(
        method: HTTPMethod(rawValue: method), target: try RequestTarget(target), headers: headers,
        remoteAddress: origin.address, isSecure: origin.isSecure, freshID: core.freshID())
      self.head = head
      guard !core.drain.isDraining else {
        return refuse(ServerProblem.stopping(), framing, connection)
      }
      switch core.application.accept(head) {
      case .respond(let response): return refuse(response, framing, connection)
      case .handle(let policy, let deadline, let handler):
        return prepare(policy, deadline, handler, framing, connection)
      }
    } catch {
      head = anonymousHead(method, headers, connection)
      return refuse(ServerProblem.badTarget(error), framing, connection)
    }
  }

  /// Keeps an answer for the last call; gives it now where the body is not to be sent, or is too long to be dropped.
  private func refuse(_ response: HTTPResponse, _ framing: BodyFraming, _ connection: OpaquePointer) -> MHD_Result {
    let isLong = framing.contentLength.map { $0 > core.configuration.bodyDrainLimit } ?? false
    guard !isLong && !(framing.hasBody && framing.expectsContinue) else {
      return answer(with: response, on: connection)
    }
    state.withLock { state in
      state.answer = response
      count(&state, as: .answering)
      state.announced = framing.contentLength
      if framing.hasBody { setDeadline(&state, after: Self.drainTime) }
      watchForHangUp(&state)
    }
    return .YES
  }

  private func prepare(
    _ policy: BodyPolicy, _ deadline: Duration, _ handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    _ framing: BodyFraming, _ connection: OpaquePointer
  ) -> MHD_Result {
    let limit: Int
    let intake: Intake
    switch policy {
    case .none: (limit, intake) = (core.configuration.bodyDrainLimit, .drop)
    case .collected(let most): (limit, intake) = (most, .collect(limit: most))
    case .streamed(let most): (limit, intake) = (most, .stream(limit: most))
    }
    if let length = framing.contentLength, length > limit {
      return refuse(ServerProblem.tooLarge(limit: limit), framing, connection)
    }
    let streams = if case .stream = intake { true } else { false }
    state.withLock { state in
      state.handler = handler
      state.intake = intake
      count(&state, as: .answering)
      if case .collect = intake, let length = framing.contentLength {
        state.collected.reserveCapacity(min(length, 1 << 20))
      }
      if deadline > .zero { state.deadline = deadline }
      if deadline > .zero && (streams || framing.hasBody) { setDeadline(&state, after: deadline) }
      state.announced = framing.contentLength
      watchForHangUp(&state)
    }
    if streams, let head { start(handler, HTTPRequest(head: head, body: RequestBody(source: self))) }
    return .YES
  }

  /// A call with bytes of the body, which are always taken; never answers.
  func receiveBody(_ bytes: UnsafeRawBufferPointer) -> MHD_Result {
    state.withLock { state in
      state.received += bytes.count
      watchForHangUp(&state)
      if state.isCut { return drop(bytes.count, &state) }
      switch state.intake {
      case .drop: return drop(bytes.count, &state)
      case .collect(let limit):
        guard state.received <= limit else {
          state.collected = []
          state.answer = ServerProblem.tooLarge(limit: limit)
          state.intake = .drop
          return drop(bytes.count, &state)
        }
        state.collected.append(contentsOf: bytes)
      case .stream(let limit):
        guard state.received <= limit else {
          state.upload.end(.failure(.tooLarge(limit: limit)))
          state.excess = limit
          state.intake = .drop
          return drop(bytes.count, &state)
        }
        state.upload.append(bytes)
        // MHD may still hand over chunks that it had read before it was suspended; they are few and are kept.
        if state.upload.count > core.configuration.streamBuffer { _ = suspend(&state) }
      }
      return .YES
    }
  }

  /// Drops bytes up to the cap; past it the client gets its answer raw and the line is cut.
  private func drop(_ count: Int, _ state: inout State) -> MHD_Result {
    state.dropped += count
    guard state.dropped > core.configuration.bodyDrainLimit else { return .YES }
    if state.isCut { return .NO }
    cut(state.answer ?? ServerProblem.tooLarge(limit: state.excess ?? core.configuration.bodyDrainLimit), &state)
    state.dropped = 0
    return .YES
  }

  /// The last call, and each call after a resumption: queues the answer, or suspends until there is one.
  func receiveEnd(_ connection: OpaquePointer) -> MHD_Result {
    var run: (handler: @Sendable (HTTPRequest) async -> HTTPResponse, body: [UInt8])?
    let isOver = state.withLock { state in
      // After queueing too: a stopping daemon forgets a queued answer and asks again.
      if state.isCut || state.isQueued { return true }
      guard !state.isReceived else { return false }
      state.isReceived = true
      state.upload.end(.success(nil))
      if state.answer == nil, let handler = state.handler, !state.hasStarted {
        run = (handler, state.collected)
        state.collected = []
      }
      return false
    }
    if isOver { return .NO }
    if let run, let head { start(run.handler, HTTPRequest(head: head, body: RequestBody(bytes: run.body))) }
    let ready: HTTPResponse? = state.withLock { state in
      if let answer = state.answer { return answer }
      if state.due == nil, let deadline = state.deadline {
        setDeadline(&state, after: max(.zero, deadline - (.now - started)))
      }
      return suspend(&state) ? nil : ServerProblem.stopping()
    }
    guard let ready else { return .YES }
    return answer(with: ready, on: connection)
  }

  private func anonymousHead(_ method: String, _ headers: HTTPHeaders, _ connection: OpaquePointer) -> RequestHead {
    RequestHead(
      method: HTTPMethod(rawValue: method),
      target: RequestTarget(undecodable: String(target.prefix(core.configuration.headLimits.targetBytes))),
      headers: headers, remoteAddress: remoteAddress(connection), isSecure: core.isTLS, freshID: core.freshID())
  }

  private func remoteAddress(_ connection: OpaquePointer) -> String {
    IPAddress(winnow_mhd_peer(connection))?.description ?? ""
  }

  private func requestHeaders(_ connection: OpaquePointer) -> HTTPHeaders {
    var fields: [HTTPHeaders.Field] = []
    fields.reserveCapacity(12)
    withUnsafeMutablePointer(to: &fields) { fields in
      _ = MHD_get_connection_values_n(connection, .HEADER_KIND, collectField, fields)
    }
    return HTTPHeaders(fields: fields)
  }
}
