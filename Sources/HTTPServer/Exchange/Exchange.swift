import CWinnowMicroHTTPD
import HTTPCore

/// One request and its answer, from the request line to the last byte.
///
/// Three parties meet here: the connection's thread (libmicrohttpd's callbacks), the handler's task, and the timer. What
/// they share sits in `state`. A connection is suspended and resumed under that lock only, which closes the race between
/// "not ready yet, sleep" and "ready now, wake up".
///
/// Lock order: `state`, then ``Suspensions`` or ``DeadlineTimer``, then libmicrohttpd's own.
///
/// `@unchecked Sendable`: `state` locks itself; `core` and `target` never change; `head` and `started` are written once, on
/// the connection's thread in the first call, before any other party knows of the exchange.
final class Exchange: @unchecked Sendable {
  let core: ServerCore
  /// The request target as sent.
  let target: String
  /// The connection's watch, which is told where the exchange is.
  let watch: ConnectionWatch?
  /// Set at the first call of the access handler; `nil` where the headers never arrived.
  var head: RequestHead?
  var started = ContinuousClock.now
  let state = Locked(State())

  /// What becomes of the body's bytes.
  enum Intake {
    case drop
    case collect(limit: Int)
    case stream(limit: Int)
  }

  struct State {
    /// `nil` before the headers and after the end.
    var connection: OpaquePointer?
    /// The connection's socket, valid while `connection` is there.
    var socket: Int32 = -1
    var account = Drain.Account.none
    var isSuspended = false
    /// Whether the whole body was received.
    var isReceived = false
    /// Whether the line was cut with a raw answer; the rest is dropped.
    var isCut = false
    /// Whether the answer was given to libmicrohttpd.
    var isQueued = false
    /// The answer, from its making until it is queued.
    var answer: HTTPResponse?
    var handler: (@Sendable (HTTPRequest) async -> HTTPResponse)?
    var hasStarted = false
    /// Whether the deadline passed.
    var hasExpired = false
    var task: Task<Void, Never>?
    /// The task that writes a streamed answer.
    var producer: Task<Void, Never>?
    /// What the route allows for the whole request; `nil`: no bound.
    var deadline: Duration?
    /// The tick of the deadline in the timer.
    var due: Int?
    var intake = Intake.drop
    var received = 0
    /// The announced length; `nil` for a chunked body.
    var announced: Int? = 0
    /// Whether the client has closed its sending half.
    var hasHungUp = false
    var dropped = 0
    /// The limit that a streamed body went past.
    var excess: Int?
    var collected: [UInt8] = []
    var upload = Upload()
    var download = Download()
    /// For the access log.
    var status = HTTPStatus.clientClosedRequest
    var bytesSent = 0
    /// How fast the body moves, the request's and then the answer's.
    var pace = Pace()
    /// The size of an answer that is queued and no stream.
    var knownSize: Int?
  }

  init(core: ServerCore, target: String, watch: ConnectionWatch?) {
    self.core = core
    self.target = target
    self.watch = watch
  }

  // MARK: Under the lock

  /// Suspends the connection, on its own thread.
  ///
  /// - Returns: `false` where the server stops; then the caller must answer now.
  func suspend(_ state: inout State) -> Bool {
    guard !state.isSuspended else { return true }
    guard let connection = state.connection, core.suspensions.enter(self) else { return false }
    state.isSuspended = true
    MHD_suspend_connection(connection)
    return true
  }

  /// Wakes the connection, from any thread.
  func resume(_ state: inout State) {
    guard state.isSuspended, let connection = state.connection else { return }
    state.isSuspended = false
    MHD_resume_connection(connection)
    core.suspensions.leave(self)
  }

  func setDeadline(_ state: inout State, after delay: Duration) {
    clearDeadline(&state)
    state.due = core.deadlines.insert(self, after: delay)
  }

  func clearDeadline(_ state: inout State) {
    guard let due = state.due else { return }
    state.due = nil
    core.deadlines.remove(self, due: due)
  }

  func count(_ state: inout State, as account: Drain.Account) {
    guard account != state.account else { return }
    core.drain.move(from: state.account, to: account)
    state.account = account
  }
}
