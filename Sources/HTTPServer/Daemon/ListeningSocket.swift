import CWinnowMicroHTTPD
import Glibc

/// A TCP socket that listens: bound here rather than by libmicrohttpd, whose failures do not say why.
///
/// `SO_REUSEADDR` lets a restarted server take its port back from connections in `TIME_WAIT`; Linux still refuses it to
/// a second listener. `SO_REUSEPORT` stays off: with it two servers would share the port.
struct ListeningSocket: Sendable {
  let descriptor: Int32
  let port: UInt16
  let isIPv6: Bool

  /// Binds and listens.
  ///
  /// - Throws: ``ServerError`` where the host does not resolve, or the port is taken or not allowed.
  init(host: String, port: UInt16) throws(ServerError) {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &found)
    guard status == 0, let address = found else {
      throw .badHost(host, reason: String(cString: gai_strerror(status)))
    }
    defer { freeaddrinfo(found) }
    isIPv6 = address.pointee.ai_family == AF_INET6
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    descriptor = socket(address.pointee.ai_family, type, 0)
    guard descriptor >= 0 else { throw Self.error(errno, host: host, port: port) }
    var (on, off): (Int32, Int32) = (1, 0)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    if isIPv6 {
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
    }
    guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0, listen(descriptor, 1024) == 0
    else {
      let code = errno
      close(descriptor)
      throw Self.error(code, host: host, port: port)
    }
    self.port = Self.boundPort(descriptor)
  }

  private static func boundPort(_ descriptor: Int32) -> UInt16 {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    withUnsafeMutablePointer(to: &address) {
      _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return UInt16(bigEndian: address.sin6_port)  // the port stands at the same place in IPv4's structure
  }

  private static func error(_ code: Int32, host: String, port: UInt16) -> ServerError {
    switch code {
    case EADDRINUSE: .portInUse(host: host, port: port)
    case EACCES: .portNotAllowed(port: port)
    default: .badHost(host, reason: String(cString: strerror(code)))
    }
  }
}
