/// Why a server could not start; each says what to do.
public enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another program listens there.
  case portInUse(host: String, port: UInt16)
  /// Ports below 1024 need a privilege.
  case portNotAllowed(port: UInt16)
  /// The host is no address of this machine.
  case badHost(String, reason: String)
  /// A certificate or key could not be read.
  case unreadableTLSFile(path: String, reason: String)
  /// The certificate and the key do not go together, or are not what they should be.
  case badTLS(certificate: String, key: String, reason: String)
  /// The server was started before; make another one.
  case startedBefore
  /// The HTTP library refused the configuration.
  case refused(reason: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .portInUse(let host, let port):
      "Port \(port) on \(host) is in use: stop the program that listens there, or choose another port."
    case .portNotAllowed(let port):
      "Port \(port) needs a privilege: choose one above 1023, or put a reverse proxy in front."
    case .badHost(let host, let reason):
      "Cannot listen on '\(host)' (\(reason)): give an address of this machine, such as 127.0.0.1 or 0.0.0.0."
    case .unreadableTLSFile(let path, let reason):
      "Cannot read the TLS file '\(path)' (\(reason)): give the path of a PEM file that this user may read."
    case .badTLS(let certificate, let key, let reason):
      "The TLS certificate '\(certificate)' and the key '\(key)' cannot be used (\(reason)): give the PEM file of a certificate, followed by its issuers', and that of its own key, without a password."
    case .startedBefore: "This server was started before; make a new one."
    case .refused(let reason): "The HTTP server could not start: \(reason)."
    }
  }
}
