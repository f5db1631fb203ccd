import Domain
import HTTPCore
public import Labeling
import Synchronization

/// Whether the server should be sent requests: what must hold, and which of it does not.
public final class Readiness: Sendable {
  /// Looks at one thing or several.
  public typealias Probe = @Sendable () -> [HealthCheck]

  private struct State {
    var isDraining = false
    var probes: [Probe]
  }

  private let state: Mutex<State>

  /// Asks these probes each time.
  public init(probes: [Probe]) { state = Mutex(State(probes: probes)) }

  /// Adds a probe, such as one that knows of a disk that was found full.
  public func add(_ probe: @escaping Probe) { state.withLock { $0.probes.append(probe) } }

  /// Says from now on that the server is stopping, so that nobody new is sent here.
  public func drain() { state.withLock { $0.isDraining = true } }

  /// Every check, those that fail among them.
  public func checks() -> [HealthCheck] {
    let (isDraining, probes) = state.withLock { ($0.isDraining, $0.probes) }
    let draining = HealthCheck(name: "accepting", complaint: isDraining ? "The server is stopping." : nil)
    return probes.flatMap { $0() } + [draining]
  }
}

extension Schema {
  private static let healthChecks = list(
    answer(["name": text, "ok": boolean], optional: ["detail": text]))

  static let readiness = answer(["status": text, "checks": healthChecks])

  /// The problem document of a server that is not ready.
  static let unreadiness = answer(
    ["type": text, "title": text, "status": integer, "detail": text, "request_id": text, "checks": healthChecks])
}

extension HTTPResponse {
  /// The answer for a set of checks: 200, or 503 with what fails.
  static func readiness(_ checks: [HealthCheck], request: String) -> HTTPResponse {
    let list = JSONValue.array(
      checks.map { check in
        .object(
          [("name", .string(check.name)), ("ok", .bool(check.isWell))]
            + (check.complaint.map { [("detail", .string($0))] } ?? []))
      })
    let failing = checks.filter { !$0.isWell }
    guard !failing.isEmpty else { return .json(["status": "ready", "checks": list]) }
    let detail = failing.map { "\($0.name): \($0.complaint ?? "")" }.joined(separator: " ")
    return HTTPResponse(
      status: .serviceUnavailable,
      headers: ["Content-Type": "application/problem+json", "Cache-Control": "no-store", "Retry-After": "2"],
      body: .bytes(
        JSONValue.object([
          ("type", "about:blank"), ("title", .string(HTTPStatus.serviceUnavailable.reason)), ("status", 503),
          ("detail", .string(detail)), ("request_id", .string(request)), ("checks", list),
        ]).serialized()))
  }
}
