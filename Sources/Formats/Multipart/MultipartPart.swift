/// One part of a `multipart/form-data` body.
public struct MultipartPart: Sendable, Hashable {
  /// What a part holds.
  public enum Content: Sendable, Hashable {
    /// Its bytes.
    case bytes([UInt8])
    /// More bytes than allowed, of which none were kept.
    case tooLong(maxBytes: Int)
  }

  /// The name of the form's field; empty where none was sent.
  public let name: String
  /// The file's name as the client sent it; `nil` for a field that is no file.
  public let fileName: String?
  /// The media type, in lower case, without parameters; `nil` where none was sent.
  public let contentType: String?
  /// Its content.
  public let content: Content

  /// Reads a part's header fields: lines with CRLF between them.
  init(header: [UInt8], content: Content) {
    var fields: [String: String] = [:]
    for line in String(decoding: header, as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...])
    }
    let disposition = HeaderValue(fields["content-disposition"] ?? "")
    name = disposition["name"].map(Self.unescaped) ?? ""
    fileName = disposition["filename"].map(Self.unescaped)
    contentType = fields["content-type"].map { HeaderValue($0).value }
    self.content = content
  }

  /// Browsers write three characters of a name as percent escapes, and no others (HTML standard, form submission).
  private static func unescaped(_ name: String) -> String {
    guard name.contains("%") else { return name }
    var result = ""
    var rest = name[...]
    while let character = rest.first {
      let escape = rest.prefix(3).uppercased()
      if let plain = ["%22": "\"", "%0D": "\r", "%0A": "\n"][escape] {
        result += plain
        rest = rest.dropFirst(3)
      } else {
        result.append(character)
        rest.removeFirst()
      }
    }
    return result
  }
}

/// Why a `multipart/form-data` body cannot be read any further.
public enum MultipartError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The boundary is missing, or not 1 to 70 characters (RFC 2046, section 5.1.1).
  case boundary
  /// The body ended before its closing boundary; so many parts were whole.
  case truncated(parts: Int)
  /// What follows a boundary, or a part's header, breaks the format; parts count from 0.
  case malformed(part: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .boundary: "the Content-Type of a multipart body names its boundary, of 1 to 70 characters"
    case .truncated(let parts): "the body ends after \(parts) whole parts, without its closing boundary; send it again"
    case .malformed(let part): "the header of part \(part) (from 0) cannot be read"
    }
  }
}
