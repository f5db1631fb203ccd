import CWinnowMicroHTTPD
import Foundation

/// A running libmicrohttpd.
///
/// `@unchecked Sendable`: the pointers are written once and given to functions of libmicrohttpd that any thread may call;
/// `stop()` is called once, by ``HTTPServer``.
final class Daemon: @unchecked Sendable {
  private let daemon: OpaquePointer
  private let settings: UnsafeMutablePointer<winnow_mhd_settings>
  private let core: Unmanaged<ServerCore>
  private let texts: [UnsafeMutablePointer<CChar>]
  let socket: ListeningSocket

  /// Starts to listen and to serve.
  ///
  /// - Throws: ``ServerError``.
  init(core: ServerCore) throws(ServerError) {
    let configuration = core.configuration
    var texts: [UnsafeMutablePointer<CChar>] = []
    if let tls = configuration.tls { texts = try TLSCredentials(tls).texts() }
    socket = try ListeningSocket(host: configuration.host, port: configuration.port)
    self.core = Unmanaged.passRetained(core)  // released at the end of `stop()`, or below where the start fails
    settings = .allocate(capacity: 1)
    settings.initialize(
      to: winnow_mhd_settings(
        listening_socket: socket.descriptor, is_ipv6: socket.isIPv6 ? 1 : 0,
        threads: UInt32(max(2, configuration.threads)),
        connection_limit: UInt32(max(configuration.connectionLimit, configuration.threads)),
        inactivity_seconds: UInt32(max(1, configuration.inactivityTimeout.components.seconds)),
        memory_per_connection: configuration.memoryPerConnection, tls_key: texts.isEmpty ? nil : texts[0],
        tls_certificate: texts.isEmpty ? nil : texts[1], tls_priorities: texts.isEmpty ? nil : texts[2],
        context: self.core.toOpaque(), request_line: requestLine, access: access, completed: requestCompleted,
        admit: admit, connection: connectionChanged, log: logLine))
    self.texts = texts
    guard let daemon = winnow_mhd_start(settings) else {
      close(socket.descriptor)
      settings.deallocate()
      self.core.release()
      for text in texts { free(text) }
      throw .refused(reason: "libmicrohttpd did not start; its reason stands in the log at level debug")
    }
    self.daemon = daemon
  }

  /// Connections that are open.
  var connections: Int { Int(winnow_mhd_connections(daemon)) }

  /// Takes no more connections; clients that try are refused rather than left to hang.
  func quiesce() {
    _ = MHD_quiesce_daemon(daemon)
    winnow_socket_end(socket.descriptor)
  }

  /// Closes every connection and joins the threads, on a thread that may block; no connection may be suspended.
  func stop() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { @Sendable in
        self.stopBlocking()
        continuation.resume()
      }
    }
  }

  private func stopBlocking() {
    MHD_stop_daemon(daemon)
    close(socket.descriptor)  // not before: another listener could have got the same number
    settings.deallocate()
    for text in texts { free(text) }
    core.release()
  }
}
