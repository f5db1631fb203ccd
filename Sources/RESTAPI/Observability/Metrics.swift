import HTTPCore
import Synchronization
import Telemetry

/// Counts requests by route: the table of routes bounds how many series there are, whatever clients ask for.
public final class Metrics: Sendable {
  /// What is counted of one route.
  struct RouteCounts: Sendable {
    /// The pattern of its path, never the path itself.
    let name: String
    let method: String
    /// Requests by the first digit of their status, from 1 to 5; those that nobody waited for at 0.
    let statuses = (0...5).map { _ in Counter() }
    let seconds = Histogram(bounds: Histogram.latencies)
    let bytesReceived = Counter()
    let bytesSent = Counter()
  }

  /// The routes in the order of the table, then the pages, then everything else.
  let routes: [RouteCounts]
  /// Requests of which the head has arrived and that have not ended.
  let inFlight = Gauge()
  /// Requests that were refused with 429.
  let rateLimited = Counter()
  /// Requests to sign in that were refused.
  let signInFailures = Counter()
  /// Requests that took longer than ``slow``.
  let slowRequests = Counter()
  let startedAt: Double
  private let signIn: Int?
  private let attached = Mutex<(version: String, connections: @Sendable () -> (open: Int, suspended: Int))?>(nil)

  /// From when on a request is worth a warning.
  static let slow = Duration.seconds(1)

  init(endpoints: [Endpoint], startedAt: Double) {
    self.startedAt = startedAt
    routes =
      endpoints.map { RouteCounts(name: $0.paths.last ?? $0.path, method: $0.method.rawValue) }
      + [RouteCounts(name: "page", method: "GET"), RouteCounts(name: "other", method: "any")]
    signIn = endpoints.firstIndex { $0.path == "/sessions" && $0.method == .post }
  }

  /// Whether a request took too long: a stream of events or an export lasts as long as somebody reads.
  func isSlow(_ head: RequestHead, _ status: HTTPStatus, _ duration: Duration) -> Bool {
    guard duration >= Self.slow, status != .clientClosedRequest else { return false }
    return head.record.route.map { !routes[$0].name.hasSuffix("/events") && !routes[$0].name.hasSuffix("/export") }
      ?? true
  }

  /// The number of the route that stands for the browser's pages.
  var page: Int { routes.count - 2 }
  private var other: Int { routes.count - 1 }

  /// Tells what only the program knows: its version, and how many connections its server has.
  public func attach(version: String, connections: @escaping @Sendable () -> (open: Int, suspended: Int)) {
    attached.withLock { $0 = (version, connections) }
  }

  var version: String { attached.withLock { $0?.version } ?? "unknown" }
  var connections: (open: Int, suspended: Int)? { attached.withLock { $0?.connections }?() }

  /// Takes note of a request whose head has arrived.
  func began(_ head: RequestHead) {
    head.record.route = other
    inFlight.add(1)
  }

  /// Takes note of a request's end.
  func ended(_ head: RequestHead, status: HTTPStatus, bytesSent: Int, duration: Duration) {
    let known = head.record.route
    // One that could not be read was never begun.
    if known != nil { inFlight.add(-1) }
    let route = routes[known ?? other]
    route.statuses[status == .clientClosedRequest ? 0 : min(5, max(1, status.code / 100))].add()
    route.seconds.record(duration)
    route.bytesReceived.add(head.record.bytesReceived)
    route.bytesSent.add(bytesSent)
    if isSlow(head, status, duration) { slowRequests.add() }
    if status == .tooManyRequests { rateLimited.add() }
    if known == signIn, signIn != nil, status.code >= 400 { signInFailures.add() }
  }
}
