import HTTPCore

/// How a request's body is delimited (RFC 9112 section 6), read strictly.
///
/// Whatever two servers in a row could read differently is refused, for a request could be smuggled through it; the
/// library itself would take the first of two lengths.
struct BodyFraming: Equatable {
  /// The announced length; `nil` for a chunked body.
  let contentLength: Int?
  /// Whether the client waits for `100 Continue` before it sends the body.
  let expectsContinue: Bool

  /// What is wrong with a request's framing.
  struct Violation: Error, Equatable {
    let detail: String
  }

  var hasBody: Bool { contentLength != 0 }

  init(headers: HTTPHeaders, isHTTP10: Bool) throws(Violation) {
    var lengths: [String] = []
    var (encodings, hosts) = (0, 0)
    var (isChunked, expectsContinue) = (true, false)
    for field in headers.fields {
      guard Self.isToken(field.name) else { throw Violation(detail: "A header's name is not a token.") }
      switch field.name.utf8.count {  // most names are told apart by their length
      case 4 where HTTPHeaders.equal(field.name, "Host"): hosts += 1
      case 6 where HTTPHeaders.equal(field.name, "Expect"):
        expectsContinue = HTTPHeaders.equal(field.value, "100-continue")
      case 14 where HTTPHeaders.equal(field.name, "Content-Length"): lengths.append(field.value)
      case 17 where HTTPHeaders.equal(field.name, "Transfer-Encoding"):
        encodings += 1
        isChunked = isChunked && HTTPHeaders.equal(field.value, "chunked")
      default: break
      }
    }
    guard hosts <= 1 else { throw Violation(detail: "Send one Host header.") }
    guard lengths.count <= 1 else { throw Violation(detail: "Send one Content-Length header.") }
    self.expectsContinue = expectsContinue && !isHTTP10
    if encodings > 0 {
      guard lengths.isEmpty else {
        throw Violation(detail: "Send Content-Length or Transfer-Encoding, not both.")
      }
      guard !isHTTP10, encodings == 1, isChunked else {
        throw Violation(detail: "The only Transfer-Encoding taken is 'chunked', once, over HTTP/1.1.")
      }
      contentLength = nil
    } else if let text = lengths.first {
      guard let length = Int(text), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
        throw Violation(detail: "Content-Length is not a number of bytes.")
      }
      contentLength = length
    } else {
      contentLength = 0
    }
  }

  /// Whether a name has visible ASCII characters only; `Content-Length :` with its space is the classic smuggler.
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
