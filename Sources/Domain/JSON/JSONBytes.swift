/// JSON put together as bytes, for answers of millions of lines.
extension [UInt8] {
  /// Appends text as it is.
  @inlinable public mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// Appends a whole number in decimal.
  public mutating func append(decimal value: Int64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value.magnitude
      var start = digits.count
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      } while rest > 0
      if value < 0 {
        start -= 1
        digits[start] = UInt8(ascii: "-")
      }
      append(contentsOf: digits[start...])
    }
  }

  /// Appends a whole number, or `null`.
  public mutating func append(jsonInteger value: Int?) {
    if let value { append(decimal: Int64(value)) } else { append("null") }
  }

  /// Appends a number, or `null` where there is none, or none that JSON has a word for.
  public mutating func append(jsonNumber value: Double?) {
    guard let value, value.isFinite else { return append("null") }
    if value == value.rounded(), abs(value) < 1e15 {
      append(decimal: Int64(value))
    } else {
      append(contentsOf: value.description.utf8)
    }
  }

  /// Appends UTF-8 as a JSON string.
  ///
  /// RFC 8259, section 7; `<` is escaped too, so that a document is safe wherever it ends up in a page.
  public mutating func append(jsonText text: [UInt8]) {
    text.withUnsafeBufferPointer { append(jsonText: $0) }
  }

  /// Appends UTF-8 as a JSON string.
  public mutating func append(jsonText utf8: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    for (index, byte) in utf8.enumerated() {
      let escape: StaticString?
      switch byte {
      case UInt8(ascii: "\""): escape = "\\\""
      case UInt8(ascii: "\\"): escape = "\\\\"
      case 0x0A: escape = "\\n"
      case 0x0D: escape = "\\r"
      case 0x09: escape = "\\t"
      case UInt8(ascii: "<"): escape = "\\u003c"
      case 0..<0x20: escape = nil
      default: continue
      }
      append(contentsOf: utf8[start..<index])
      start = index + 1
      if let escape {
        append(escape)
      } else {
        let digits: StaticString = "0123456789abcdef"
        append("\\u00")
        append(digits.utf8Start[Int(byte >> 4)])
        append(digits.utf8Start[Int(byte & 15)])
      }
    }
    append(contentsOf: utf8[start...])
    append(UInt8(ascii: "\""))
  }
}
