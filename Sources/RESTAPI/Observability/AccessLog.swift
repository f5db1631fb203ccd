import HTTPCore
import Logging

/// Writes a line for each request: what went well at `debug`, what did not at `info`, what was slow at `warning`.
///
/// A line names the route and the numbers in the path, never the path as it came, nor a query, a header or a body: any of
/// them may hold what is nobody's business.
struct AccessLog {
  let logger: Logger
  let metrics: Metrics

  /// Notes a request's end.
  func note(_ head: RequestHead, status: HTTPStatus, bytesSent: Int, duration: Duration) {
    let isSlow = metrics.isSlow(head, status, duration)
    let level: Logger.Level = isSlow ? .warning : status.code >= 400 ? .info : .debug
    guard logger.logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "request": .string(head.id), "method": .string(Self.method(head)), "status": .string("\(status.code)"),
      "bytes": .string("\(bytesSent)"), "ms": .string(Self.milliseconds(duration)),
    ]
    let route = head.record.route.map { metrics.routes[$0].name }
    if let route { metadata["route"] = .string(route) }
    let path = Self.shown(head.rawPath)
    if path != route { metadata["path"] = .string(path) }
    if let user = head.record.user { metadata["user"] = .string("\(user)") }
    if isSlow, let (begun, ended) = head.record.handling {
      // Before it the body arrived; after it the answer left, a streamed one while it was being made.
      metadata["handling_ms"] = .string(Self.milliseconds(.nanoseconds(Int64(ended &- begun))))
      metadata["received_bytes"] = .string("\(head.record.bytesReceived)")
    }
    logger.log(level: level, isSlow ? "slow request" : "request", metadata: metadata)
  }

  private static func method(_ head: RequestHead) -> String {
    let known: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete, .options]
    return known.contains(head.method) ? head.method.rawValue : "other"
  }

  /// A path with what may be a secret left out: only short words of letters, and numbers, are shown.
  static func shown(_ path: String) -> String {
    path.prefix(300).split(separator: "/", omittingEmptySubsequences: false).map { segment in
      let isNumber = segment.utf8.count <= 19 && segment.utf8.allSatisfy { (0x30...0x39).contains($0) }
      let isWord =
        segment.utf8.count <= 24
        && segment.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
      return isNumber || isWord || segment == "v1" ? String(segment) : "…"
    }.joined(separator: "/")
  }

  private static func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return "\((Double(seconds) * 1e4 + Double(attoseconds) / 1e14).rounded() / 10)"
  }
}
