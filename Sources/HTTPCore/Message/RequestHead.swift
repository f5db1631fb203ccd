/// Everything that is known of a request before its body arrives.
public struct RequestHead: Sendable {
  /// The method.
  public var method: HTTPMethod
  /// The target, taken apart.
  public var target: RequestTarget
  /// The header fields, in the order sent.
  public var headers: HTTPHeaders
  /// The client's address without its port, as text; behind a trusted proxy the one that the proxy names.
  public var remoteAddress: String
  /// Whether the client's own leg is encrypted: by this server, or by a trusted proxy that says so.
  public var isSecure: Bool
  /// The request's identifier: `X-Request-Id` where the client sent a usable one, otherwise made by the server.
  public var id: String

  /// What is noted of the request on its way, for the log and the metrics; shared by all copies.
  public let record = RequestRecord()

  /// Takes a request apart.
  ///
  /// - Parameters:
  ///   - target: the request target, percent-encoded, as sent.
  ///   - freshID: the identifier for a request that brings none of 1 to 128 visible ASCII characters.
  /// - Throws: ``TargetError`` where the target cannot be decoded safely.
  public init(
    method: HTTPMethod, target: String, headers: HTTPHeaders = [:], remoteAddress: String = "127.0.0.1",
    isSecure: Bool = false, freshID: @autoclosure () -> String = RequestHead.randomID()
  ) throws(TargetError) {
    self.init(
      method: method, target: try RequestTarget(target), headers: headers, remoteAddress: remoteAddress,
      isSecure: isSecure, freshID: freshID())
  }

  /// Assembles a request from a target that was taken apart already.
  public init(
    method: HTTPMethod, target: RequestTarget, headers: HTTPHeaders, remoteAddress: String, isSecure: Bool = false,
    freshID: @autoclosure () -> String = RequestHead.randomID()
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.remoteAddress = remoteAddress
    self.isSecure = isSecure
    self.id = headers["X-Request-Id"].flatMap { Self.isUsableID($0) ? $0 : nil } ?? freshID()
  }

  /// The path, percent-encoded, as sent, without the query.
  public var rawPath: String { target.rawPath }
  /// The decoded segments of the path.
  public var path: [String] { target.path }
  /// The decoded query.
  public var query: QueryParameters { target.query }

  /// The cookies that the client sent, parsed anew at each call; the first of a repeated name wins (RFC 6265).
  public var cookies: [String: String] {
    var cookies: [String: String] = [:]
    for field in headers.values(for: "Cookie") {
      for pair in field.split(separator: ";") {
        guard let equals = pair.firstIndex(of: "=") else { continue }
        let name = Self.trimmed(pair[..<equals])
        var value = Self.trimmed(pair[pair.index(after: equals)...])
        if value.count >= 2 && value.first == "\"" && value.last == "\"" { value = value.dropFirst().dropLast() }
        if !name.isEmpty && cookies[String(name)] == nil { cookies[String(name)] = String(value) }
      }
    }
    return cookies
  }

  /// A random identifier of 16 hexadecimal digits.
  public static func randomID() -> String {
    let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Whether an identifier may stand in a log line and a header: 1 to 128 visible ASCII characters.
  static func isUsableID(_ id: String) -> Bool {
    (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
