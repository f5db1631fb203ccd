import ArgumentParser
import Dispatch
import Domain
import Foundation
import HTTPServer
import Labeling
import Logging
import RESTAPI

/// The options of a server.
struct ServerOptions: ParsableArguments {
  @Option(name: .long, help: "The port; 0 takes a free one.")
  var port: UInt16 = 8080

  @Option(
    name: .long,
    help: "The address to listen on; other machines reach the server only if this is not a loopback address.")
  var host = "127.0.0.1"

  @OptionGroup var network: NetworkOptions

  @Option(name: .long, help: "trace, debug (with an access log), info, notice, warning or error.")
  var logLevel: String = "info"

  @Option(name: .long, help: "text (for people) or json (an object a line).")
  var logFormat: String = LogFormat.text.rawValue

  func validate() throws {
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError("“\(logLevel)” is not a log level: trace, debug, info, notice, warning, error.")
    }
    guard LogFormat(rawValue: logFormat) != nil else {
      throw ValidationError("“\(logFormat)” is not a log format: text, json.")
    }
  }

  var format: LogFormat { LogFormat(rawValue: logFormat) ?? .text }

  var level: Logger.Level { Logger.Level(rawValue: logLevel) ?? .info }
}

/// Runs the server until it is told to stop.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serve projects to annotators and programs.")

  @OptionGroup var data: DataOption
  @OptionGroup var server: ServerOptions

  func run() async throws {
    let logger = Logs.make(server.level, format: server.format)
    let workspace = try Workspace(path: data.data, exclusive: true, logger: logger)
    try await RunningServer(workspace: workspace, options: server, logger: logger).run {
      try await FirstAdmin.welcome(workspace.service, address: $0)
    }
  }
}

/// A server from its start to its graceful end.
struct RunningServer {
  let workspace: Workspace
  let options: ServerOptions
  let logger: Logger

  /// Serves until SIGTERM or SIGINT; then finishes what is under way and closes the files.
  ///
  /// - Parameter ready: called with the server's address once it listens.
  func run(ready: @Sendable (String) async throws -> Void) async throws {
    let signals = Signals()
    let tls = options.network.tls
    if !options.network.reserveFiles() {
      logger.warning("the system grants fewer open files than connections: raise its limit (ulimit -n)")
    }
    let api = API(
      service: workspace.service, publicFolder: workspace.installation.pages, secureCookies: tls != nil,
      limits: options.network.limits, logger: logger)
    let server = HTTPServer(
      configuration: options.network.configuration(host: options.host, port: options.port), application: api,
      logger: logger)
    api.metrics.attach(version: Winnow.configuration.version) { server.connections }
    let port = try server.start()
    if tls == nil, options.network.trustedProxy.isEmpty, !["127.0.0.1", "::1", "localhost"].contains(options.host) {
      logger.warning("other machines can connect, and what they send is not encrypted: use --tls-cert or a proxy")
    }
    do {
      try workspace.service.start()
      let address =
        "\(tls == nil ? "http" : "https")://\(options.host.contains(":") ? "[\(options.host)]" : options.host):\(port)"
      Terminal.say("listening on \(address)")
      try await ready(address)
      await signals.wait()
    } catch {
      await server.stop()
      await workspace.close()
      throw error
    }
    api.readiness.drain()
    logger.info("stopping: requests under way are finished")
    // Streams of events would hold the stop up, so they end first.
    workspace.service.events.close()
    await server.stop()
    await workspace.close()
  }
}

/// Waits for the signals that ask a process to end.
///
/// Sendable although Dispatch does not say so of its sources: they are made here, never changed, and kept only to live.
final class Signals: @unchecked Sendable {
  private let stream: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  init() {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    self.stream = stream
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { @Sendable in continuation.yield() }
      source.resume()
      return source
    }
    // A client that hangs up must not end the server.
    signal(SIGPIPE, SIG_IGN)
  }

  func wait() async {
    for await _ in stream { return }
  }
}
