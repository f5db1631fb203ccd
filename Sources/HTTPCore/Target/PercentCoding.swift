/// What is wrong with a request target.
public enum TargetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A `%` that two hexadecimal digits do not follow.
  case badEscape
  /// A zero byte, which C interfaces would take as the end.
  case zeroByte
  /// Bytes that are not UTF-8 once decoded.
  case notUTF8
  /// A `.` or `..` segment, which could leave the folder or route that it stands in.
  case dotSegment
  /// A target that does not start with a slash.
  case notAPath

  /// What is wrong and what to send instead.
  public var description: String {
    switch self {
    case .badEscape:
      "The address holds a '%' that two hexadecimal digits do not follow; write '%25' for a percent sign."
    case .zeroByte: "The address holds a zero byte (%00), which no resource has in its name."
    case .notUTF8: "The address is not UTF-8 once its percent escapes are decoded."
    case .dotSegment: "The address holds a '.' or '..' segment; send it resolved."
    case .notAPath: "The request target must start with '/'."
    }
  }
}

/// Decodes percent escapes (RFC 3986 section 2.1) to UTF-8 text without zero bytes.
///
/// - Parameter plusIsSpace: whether `+` stands for a space, as in query strings written by forms.
/// - Complexity: O(n); text without an escape is returned without a copy of its bytes being decoded.
func percentDecoded(_ text: Substring, plusIsSpace: Bool = false) throws(TargetError) -> String {
  let source = text.utf8
  guard source.contains(where: { $0 == UInt8(ascii: "%") || $0 == 0 || (plusIsSpace && $0 == UInt8(ascii: "+")) })
  else {
    return String(text)
  }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(source.count)
  var index = source.startIndex
  while index < source.endIndex {
    var byte = source[index]
    source.formIndex(after: &index)
    if byte == UInt8(ascii: "%") {
      guard index < source.endIndex, let high = hexDigit(source[index]) else { throw .badEscape }
      source.formIndex(after: &index)
      guard index < source.endIndex, let low = hexDigit(source[index]) else { throw .badEscape }
      source.formIndex(after: &index)
      byte = high << 4 | low
    } else if plusIsSpace && byte == UInt8(ascii: "+") {
      byte = UInt8(ascii: " ")
    }
    guard byte != 0 else { throw .zeroByte }
    bytes.append(byte)
  }
  guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
  return decoded
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
