import Domain
import HTTPCore
import Labeling
import Storage
import Synchronization

/// Answers an unsafe request that was sent again under the same `Idempotency-Key` with what it was answered before.
///
/// Answers that hold a secret (a session's) are never kept. Single annotations carry their key into the database
/// themselves, in the commit that keeps them.
final class IdempotentReplay: Sendable {
  private struct Running: Hashable {
    let user: UserID
    let key: String
  }

  /// Requests under way, so that two at once do not both act.
  private let running = Mutex<Set<Running>>([])

  /// The client's key, if it sent a usable one.
  static func key(of head: RequestHead) throws -> String? {
    guard let key = head.headers["Idempotency-Key"] else { return nil }
    guard (1...255).contains(key.utf8.count) else {
      throw ProblemDocument(status: .badRequest, detail: "An Idempotency-Key has 1 to 255 bytes.")
    }
    return key
  }

  /// What makes two requests the same.
  static func hash(_ call: Call, _ body: [UInt8]) -> [UInt8] {
    Secret.hash(Array("\(call.head.method.rawValue) \(call.head.rawPath)\n".utf8) + body)
  }

  /// Runs a handler, or answers in its stead.
  ///
  /// - Parameter body: the whole body, which is part of what makes two requests the same.
  /// - Throws: 422 where the key was used for another request, 409 while the first is under way.
  func run(_ call: Call, body: [UInt8], _ handler: (Call) async throws -> HTTPResponse) async throws -> HTTPResponse {
    guard let key = try Self.key(of: call.head), let user = call.caller?.principal.user.id else {
      return try await handler(call)
    }
    let entry = Running(user: user, key: key)
    guard running.withLock({ $0.insert(entry).inserted }) else {
      throw LabelingError.conflict("A request with this Idempotency-Key is under way. Wait for it, then try again.")
    }
    defer { running.withLock { _ = $0.remove(entry) } }
    let hash = Self.hash(call, body)
    if let kept = try call.service.keptAnswer(key: key, user: user) {
      guard kept.requestHash == hash else {
        throw LabelingError.invalid("", "This Idempotency-Key was used for another request. Make a new one for each.")
      }
      return Self.unpacked(kept)
    }
    let response = try await handler(call)
    if let packed = Self.packed(response), (200..<300).contains(response.status.code) {
      try await call.service.keepAnswer(
        status: response.status.code, body: packed, requestHash: hash, key: key, user: user)
    }
    return response
  }

  /// Header fields a line each, an empty line, the body; `nil` for what is not in memory.
  private static func packed(_ response: HTTPResponse) -> [UInt8]? {
    let head = response.headers.fields.map { "\($0.name):\($0.value)\n" }.joined() + "\n"
    switch response.body {
    case .empty: return Array(head.utf8)
    case .bytes(let bytes): return Array(head.utf8) + bytes
    case .file, .stream: return nil
    }
  }

  private static func unpacked(_ kept: KeptAnswer) -> HTTPResponse {
    var headers: HTTPHeaders = ["Idempotent-Replay": "true"]
    var rest = kept.body[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { break }
      headers.add(
        name: String(decoding: line[..<colon], as: UTF8.self),
        value: String(decoding: line[(colon + 1)...], as: UTF8.self))
    }
    return HTTPResponse(
      status: HTTPStatus(code: kept.status, reason: "Replayed"), headers: headers,
      body: rest.isEmpty ? .empty : .bytes(Array(rest)))
  }
}
