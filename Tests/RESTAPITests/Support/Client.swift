import Domain
import Foundation
import HTTPCore
import RESTAPI
import Testing

/// Sends requests to the application as the server would.
struct Client: Sendable {
  let api: API
  var token: String?
  /// Header fields of every request.
  var headers: HTTPHeaders = [:]
  /// Where it comes from.
  var address = "127.0.0.1"
  /// Whether its leg is encrypted.
  var isSecure = false

  /// Sends a request whose body comes in chunks, and breaks off after them where an error is given.
  func send(
    _ method: HTTPMethod, _ target: String, chunks: [[UInt8]] = [], then failure: BodyError? = nil,
    type: String? = nil, headers more: HTTPHeaders = [:]
  ) async throws -> Answer {
    var headers = headers
    if let token { headers["Authorization"] = "Bearer \(token)" }
    if let type { headers["Content-Type"] = type }
    for field in more.fields { headers[field.name] = field.value }
    let path = target.hasPrefix("/") ? target : "/api/v1/" + target
    let head = try RequestHead(
      method: method, target: path, headers: headers, remoteAddress: address, isSecure: isSecure)
    let answer = try await answer(to: head, chunks, failure)
    head.record.received(bytes: chunks.reduce(0) { $0 + $1.count })
    api.completed(
      head, status: HTTPStatus(code: answer.status, reason: ""), bytesSent: answer.bytes.count, duration: .zero)
    return answer
  }

  private func answer(to head: RequestHead, _ chunks: [[UInt8]], _ failure: BodyError?) async throws -> Answer {
    switch api.accept(head) {
    case .respond(let response): return try await Answer(response, to: head)
    case .handle(let policy, _, let handler):
      var body = RequestBody.empty
      switch policy {
      case .none: break
      case .collected(let limit):
        let bytes = chunks.flatMap { $0 }
        try #require(bytes.count <= limit, "the server itself answers 413")
        body = RequestBody(bytes: bytes)
      case .streamed: body = RequestBody(source: Chunks(chunks, failure))
      }
      return try await Answer(await handler(HTTPRequest(head: head, body: body)), to: head)
    }
  }

  /// Sends JSON text, or nothing.
  func send(
    _ method: HTTPMethod, _ target: String, _ json: String?, headers: HTTPHeaders = [:]
  ) async throws -> Answer {
    try await send(
      method, target, chunks: json.map { [Array($0.utf8)] } ?? [], type: json == nil ? nil : "application/json",
      headers: headers)
  }

  func get(_ target: String, headers: HTTPHeaders = [:]) async throws -> Answer {
    try await send(.get, target, nil, headers: headers)
  }

  func post(_ target: String, _ json: String? = nil, headers: HTTPHeaders = [:]) async throws -> Answer {
    try await send(.post, target, json, headers: headers)
  }

  func patch(_ target: String, _ json: String, headers: HTTPHeaders = [:]) async throws -> Answer {
    try await send(.patch, target, json, headers: headers)
  }

  func delete(_ target: String) async throws -> Answer { try await send(.delete, target, nil) }
}

/// An answer with its whole body.
struct Answer {
  let status: Int
  let headers: HTTPHeaders
  let bytes: [UInt8]
  let json: JSONValue

  init(_ response: HTTPResponse, to head: RequestHead) async throws {
    status = response.status.code
    headers = response.headers
    if head.method == .head {
      bytes = []
    } else if case .file(let path, _) = response.body {
      bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } else {
      bytes = try await response.body.collected() ?? []
    }
    let isJSON = headers["Content-Type"].map { $0 == "application/json" || $0 == "application/problem+json" } ?? false
    json = isJSON && !bytes.isEmpty ? try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) : .null
    #expect(headers["X-Request-Id"] == head.id)
    // Whatever goes wrong is told in a problem document.
    if status >= 400 {
      #expect(headers["Content-Type"] == "application/problem+json", "\(head.rawPath)")
      if head.method != .head {
        #expect(json["status"]?.int == status)
        #expect(json["title"]?.text?.isEmpty == false)
        #expect(json["detail"]?.text?.isEmpty == false)
      }
    }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The lines of an NDJSON body.
  func lines() throws -> [JSONValue] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
  }

  /// The pointers of a problem document.
  var pointers: [String] { json["errors"]?.list?.compactMap { $0["pointer"]?.text } ?? [] }
}

/// A streamed body in memory.
actor Chunks: BodySource {
  private var rest: ArraySlice<[UInt8]>
  private let failure: BodyError?

  init(_ chunks: [[UInt8]], _ failure: BodyError?) {
    rest = chunks.filter { !$0.isEmpty }[...]
    self.failure = failure
  }

  func next() async throws(BodyError) -> [UInt8]? {
    if let chunk = rest.popFirst() { return chunk }
    if let failure { throw failure }
    return nil
  }
}

extension JSONValue {
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var list: [JSONValue]? { if case .array(let list) = self { list } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var keys: [String] { if case .object(let members) = self { members.map(\.key) } else { [] } }
  var int: Int? { if case .integer(let value) = self { Int(value) } else { nil } }
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
  subscript(index: Int) -> JSONValue? { list.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
}
