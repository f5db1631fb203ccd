import Domain
import HTTPCore
import Storage

extension Endpoint {
  /// What the audit log says of an operation.
  enum Audit: Sendable {
    /// It writes lines with these actions, in the transaction of what it changes.
    case writes([String])
    /// It writes none, and why that is right.
    case exempt(String)
  }

  /// Runs the operation so that its changes are put down to the caller.
  func run(_ call: Call) async throws -> HTTPResponse {
    guard case .writes = audit else { return try await handler(call) }
    let origin = AuditOrigin(
      principal: call.caller?.principal, address: call.head.remoteAddress, requestID: call.head.id)
    return try await AuditOrigin.$current.withValue(origin) { try await handler(call) }
  }
}
