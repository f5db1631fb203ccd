/// A request target taken apart: path as sent, decoded segments, decoded query (RFC 9112 section 3.2).
///
/// Decoding happens after splitting, so an escaped slash stays inside its segment. `/` has no segments; a slash at the
/// end gives an empty last segment, so `/a/` is another resource than `/a`.
public struct RequestTarget: Sendable {
  /// The path, percent-encoded, as sent, without the query.
  public let rawPath: String
  /// The decoded segments; none is `.` or `..`, and none holds a zero byte.
  public let path: [String]
  /// The decoded query.
  public let query: QueryParameters

  /// Takes a target in origin form (`/a?b=c`), absolute form (`http://host/a`) or asterisk form (`*`) apart.
  ///
  /// - Throws: ``TargetError`` for escapes that are malformed, zero bytes, text that is not UTF-8 and dot segments.
  /// - Complexity: O(n).
  public init(_ target: String) throws(TargetError) {
    let origin = Self.withoutAuthority(Substring(target))
    let end = origin.utf8.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
    let raw = origin[..<end]
    rawPath = String(raw)
    query = end == origin.endIndex ? QueryParameters() : try QueryParameters(parsing: origin[end...].dropFirst())
    path = try Self.segments(of: raw)
  }

  /// Keeps a target that cannot be decoded, for the log: it has no segments and no query.
  public init(undecodable target: String) {
    rawPath = target
    path = []
    query = QueryParameters()
  }

  private static func segments(of raw: Substring) throws(TargetError) -> [String] {
    guard raw.utf8.first == UInt8(ascii: "/") else {
      guard raw == "*" else { throw .notAPath }
      return ["*"]
    }
    let utf8 = raw.utf8
    var segments: [String] = []
    var start = utf8.index(after: utf8.startIndex)
    guard start < utf8.endIndex else { return [] }
    while true {
      let end = utf8[start...].firstIndex(of: UInt8(ascii: "/")) ?? utf8.endIndex
      let segment = try percentDecoded(raw[start..<end])
      guard segment != "." && segment != ".." else { throw .dotSegment }
      segments.append(segment)
      guard end < utf8.endIndex else { return segments }
      start = utf8.index(after: end)
    }
  }

  private static func withoutAuthority(_ target: Substring) -> Substring {
    guard target.utf8.first != UInt8(ascii: "/") else { return target }
    for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
      let rest = target.dropFirst(scheme.count)
      guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
      return rest[slash] == "/" ? rest[slash...] : "/" + rest[slash...]
    }
    return target
  }
}
