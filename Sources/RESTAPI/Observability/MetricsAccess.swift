import Domain
import HTTPCore
import Labeling

/// Who may read the metrics: engineers, and whoever asks from this machine itself.
///
/// Counts say much of what people do, so a passer-by must not have them; a Prometheus beside the server should need no
/// token. A request through a proxy comes from this machine too, so one that was forwarded does not count as local, and
/// neither does one for another name: a page of a strange site may have had its name lead here.
enum MetricsAccess {
  private static let forwarded = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"]

  /// - Throws: 401 for a stranger, 403 for an annotator.
  static func check(_ head: RequestHead, caller: Caller?) throws {
    if let caller, caller.principal.role >= .engineer { return }
    if isLocal(head) { return }
    throw ProblemDocument(
      status: caller == nil ? .unauthorized : .forbidden,
      detail: "Metrics are for engineers, or for requests from the server's own machine that no proxy forwarded.")
  }

  static func isLocal(_ head: RequestHead) -> Bool {
    guard head.remoteAddress.hasPrefix("127.") || head.remoteAddress == "::1" else { return false }
    guard !forwarded.contains(where: head.headers.contains) else { return false }
    guard let host = head.headers["Host"] else { return true }
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" }.dropFirst() : host.prefix { $0 != ":" }
    return name == "localhost" || name == "::1"
      || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
  }
}
