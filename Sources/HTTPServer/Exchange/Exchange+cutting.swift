import CWinnowMicroHTTPD
import Glibc
import HTTPCore

/// The ways out when time or patience is over.
extension Exchange {
  /// How long a cut connection may take to notice.
  private static let lingerTime = Duration.seconds(2)
  /// How long the last bytes of a client that hung up may take from the kernel to here.
  private static let hangUpTime = Duration.seconds(1)

  /// Looks whether the client has closed its sending half, or all of the connection, before the body's end.
  ///
  /// libmicrohttpd misses an end that arrives together with bytes: having read fewer than it asked for, it waits for an
  /// edge that does not come again, up to its inactivity timeout. It may still hold bytes, so the timer decides.
  func watchForHangUp(_ state: inout State) {
    guard !state.hasHungUp, !state.isCut, state.announced.map({ state.received < $0 }) ?? true else { return }
    var byte: UInt8 = 0
    let count = recv(state.socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    guard count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) else { return }
    state.hasHungUp = true
    setDeadline(&state, after: Self.hangUpTime)
  }

  /// Answers before the body's end, which libmicrohttpd has no way to do: writes the answer to the socket itself, closes
  /// the sending half and lets the rest of the body be dropped for a moment, so that the client gets to read it.
  ///
  /// Nothing of this exchange's answer has been sent by the library then, and all of the one before. Over TLS, where the
  /// socket is not ours to write to, the line is cut without a word.
  func cut(_ answer: HTTPResponse, _ state: inout State) {
    guard state.connection != nil, !state.isCut else { return }
    state.isCut = true
    state.intake = .drop
    state.collected = []
    state.answer = nil
    state.status = answer.status
    if core.isTLS {
      winnow_socket_end(state.socket)
    } else {
      state.bytesSent = RawAnswer(completed(answer), id: head?.id).send(to: state.socket)
      winnow_socket_end_sending(state.socket)
    }
    count(&state, as: .none)
    setDeadline(&state, after: Self.lingerTime)
    resume(&state)
  }

  /// The timer's call: the handler is cancelled, and the client told.
  func deadlinePassed() {
    let task: Task<Void, Never>? = state.withLock { state in
      state.due = nil
      guard state.connection != nil, !state.isQueued else { return nil }
      if state.isCut {
        winnow_socket_end(state.socket)
        return nil
      }
      let isOverdue = state.deadline.map { .now - started >= $0 } ?? false
      if state.hasHungUp && !state.isReceived && !isOverdue {
        if state.isSuspended {  // held back: the body's end may still be among what was not taken
          setDeadline(&state, after: Self.hangUpTime)
          return nil
        }
        state.upload.end(.failure(.truncated))
        winnow_socket_end(state.socket)
        return state.task
      }
      state.hasExpired = true
      if state.isReceived {
        if state.answer == nil { state.answer = ServerProblem.answerTooLate() }
        resume(&state)
      } else {
        state.upload.end(.failure(.deadline))
        // A connection that was held back is the reader's delay, not the client's.
        let problem = state.isSuspended ? ServerProblem.answerTooLate() : ServerProblem.bodyTooLate()
        cut(state.answer ?? problem, &state)
      }
      return state.task
    }
    task?.cancel()  // outside the lock: a cancellation handler takes it
  }

  /// The stopping server's call, for a suspended exchange: it must wake, and end.
  func abort() {
    let tasks = state.withLock { state in
      if state.isQueued {
        state.download.end(.failed)
      } else if state.isReceived {
        if state.answer == nil { state.answer = ServerProblem.stopping() }
      } else {
        state.upload.end(.failure(.deadline))
        cut(ServerProblem.stopping(), &state)
      }
      resume(&state)
      return [state.task, state.producer]
    }
    for task in tasks { task?.cancel() }
  }
}

/// An answer as bytes on the wire, for a connection that closes after it (RFC 9112 section 3).
struct RawAnswer {
  let bytes: [UInt8]
  private let bodyCount: Int

  init(_ response: HTTPResponse, id: String?) {
    let body: [UInt8] = if case .bytes(let bytes) = response.body { bytes } else { [] }
    var text = "HTTP/1.1 \(response.status.code) \(response.status.reason)\r\n"
    for field in response.headers.fields where field.name != "Connection" {
      text += "\(Self.oneLine(field.name)): \(Self.oneLine(field.value))\r\n"
    }
    if let id, !response.headers.contains("X-Request-Id") { text += "X-Request-Id: \(id)\r\n" }
    text += "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    bytes = Array(text.utf8) + body
    bodyCount = body.count
  }

  /// Writes what the socket's buffer takes at once; returns the bytes of body among it.
  func send(to socket: Int32) -> Int {
    let sent = Glibc.send(socket, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    return max(0, sent - (bytes.count - bodyCount))
  }

  private static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 }))
  }
}
