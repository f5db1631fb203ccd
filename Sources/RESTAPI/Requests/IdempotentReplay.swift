import Domain
import HTTPCore
import Labeling
import Storage

/// Answers an unsafe request that was sent again under the same `Idempotency-Key` with what it was answered before.
enum IdempotentReplay {
  /// The client's key, if it sent a usable one.
  static func key(of head: RequestHead) throws -> String? {
    guard let key = head.headers["Idempotency-Key"] else { return nil }
    guard (1...255).contains(key.utf8.count) else {
      throw ProblemDocument(status: .badRequest, detail: "An Idempotency-Key has 1 to 255 bytes.")
    }
    return key
  }

  /// What makes two requests the same.
  static func hash(_ call: Call) -> [UInt8] {
    Secret.hash(Array("\(call.head.method.rawValue) \(call.head.rawPath)\n".utf8) + call.body.bytes)
  }

  static func run(_ endpoint: Endpoint, _ call: Call) async throws -> HTTPResponse {
    guard endpoint.keepsAnswers, let key = try key(of: call.head) else { return try await endpoint.handler(call) }
    guard case .collected = endpoint.body else { return try await endpoint.handler(call) }
    let (user, hash) = (try call.principal.user, hash(call))
    if let kept = try call.service.keptAnswer(key: key, user: user.id) {
      guard kept.requestHash == hash else {
        throw LabelingError.invalid("", "This Idempotency-Key was used for another request. Make a new one for each.")
      }
      return HTTPResponse(
        status: HTTPStatus(code: kept.status, reason: "Replayed"),
        headers: ["Content-Type": "application/json", "Idempotent-Replay": "true"],
        body: .bytes(kept.body))
    }
    let response = try await endpoint.handler(call)
    if case .bytes(let bytes) = response.body, (200..<300).contains(response.status.code) {
      try await call.service.keepAnswer(
        status: response.status.code, body: bytes, requestHash: hash, key: key, user: user.id)
    }
    return response
  }
}
