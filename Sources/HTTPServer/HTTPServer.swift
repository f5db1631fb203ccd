public import HTTPCore
public import Logging

/// An HTTP/1.1 server over libmicrohttpd: epoll, a pool of threads, requests as Swift tasks.
///
/// A handler starts on its connection's thread and, if it never waits, also ends there; one that waits lets the thread go.
/// ``stop()`` must be called before the server is let go of.
public final class HTTPServer: Sendable {
  private enum Phase {
    case idle
    case running(Daemon)
    case stopping(Task<Void, Never>)
    case stopped
  }

  /// How long a stop waits for finished answers to leave, once nothing is being answered any more.
  private static let flushTime = Duration.seconds(1)

  private let core: ServerCore
  private let phase = Locked(Phase.idle)

  /// Makes a server that does not listen yet.
  public init(configuration: ServerConfiguration, application: any HTTPApplication, logger: Logger) {
    core = ServerCore(application: application, configuration: configuration, logger: logger)
  }

  /// Listens and serves from now on.
  ///
  /// - Returns: the port, which the system chose where the configuration says 0.
  /// - Throws: ``ServerError``, for example where the port is in use.
  public func start() throws(ServerError) -> UInt16 {
    let result = phase.withLock { phase -> Result<UInt16, ServerError> in
      guard case .idle = phase else { return .failure(.startedBefore) }
      return Result { () throws(ServerError) in try Daemon(core: core) }.map { daemon in
        phase = .running(daemon)
        return daemon.socket.port
      }
    }
    return try result.get()
  }

  /// Connections that are open, and those among them that wait for something here; none where it does not run.
  public var connections: (open: Int, suspended: Int) {
    phase.withLock { phase in
      guard case .running(let daemon) = phase else { return (0, 0) }
      return (daemon.connections, core.suspensions.count)
    }
  }

  /// Stops: refuses new connections and requests, lets those in flight end within `drainTimeout`, cancels the rest.
  ///
  /// Streamed answers do not hold it; they are cut. Further calls wait for the first.
  public func stop() async {
    let task: Task<Void, Never>? = phase.withLock { phase in
      switch phase {
      case .idle, .stopped:
        phase = .stopped
        return nil
      case .running(let daemon):
        let task = Task { await self.stop(daemon) }
        phase = .stopping(task)
        return task
      case .stopping(let task): return task
      }
    }
    await task?.value
  }

  private func stop(_ daemon: Daemon) async {
    daemon.quiesce()
    core.drain.begin()
    let end = ContinuousClock.now + core.configuration.drainTimeout
    await wait(until: end) { self.core.drain.answering == 0 }
    await flush(before: end)
    let suspended = core.suspensions.close()
    for exchange in suspended { exchange.abort() }
    if !suspended.isEmpty { await flush(before: .now + Self.flushTime) }
    await daemon.stop()
    phase.withLock { $0 = .stopped }
  }

  /// Waits for answers of known length to leave; a slow reader does not hold the stop longer than a moment.
  private func flush(before end: ContinuousClock.Instant) async {
    await wait(until: min(end, .now + Self.flushTime)) {
      self.core.drain.sending == 0
        && self.core.drain.answering == 0
    }
  }

  private func wait(until end: ContinuousClock.Instant, _ isDone: () -> Bool) async {
    while !isDone() && ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(5)) }
  }
}
