import HTTPCore
import Labeling

/// Comparing what a client has with what would be sent (RFC 9110, section 13).
enum EntityTag {
  /// The tag of bytes: the start of their SHA-256.
  static func of(_ bytes: [UInt8]) -> String { "\"\(Secret.hexadecimal(Array(Secret.hash(bytes).prefix(12))))\"" }

  /// The tags of a header field such as `"a", W/"b"`, each as it was sent.
  static func list(_ field: String) -> [String] {
    field.split(separator: ",").map { part in
      var part = part.drop { $0 == " " || $0 == "\t" }
      while part.last == " " || part.last == "\t" { part.removeLast() }
      return String(part)
    }
  }

  /// Whether `If-None-Match` names a tag, compared weakly.
  static func matches(_ head: RequestHead, _ tag: String) -> Bool {
    guard let field = head.headers["If-None-Match"] else { return false }
    return list(field).contains { $0 == "*" || $0 == tag || $0 == "W/" + tag }
  }
}

extension HTTPResponse {
  /// The same answer with its `ETag`, or 304 where the client has it already.
  func unlessKnown(_ head: RequestHead, tag: String) -> HTTPResponse {
    var response = self
    response.headers["ETag"] = tag
    guard EntityTag.matches(head, tag) else { return response }
    return HTTPResponse(status: .notModified, headers: response.headers)
  }
}
