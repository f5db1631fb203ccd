/// Writes one flat JSON object: all that a problem document needs, without an encoder's cost.
struct JSONText {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  mutating func raw(_ text: String) { bytes += text.utf8 }

  mutating func member(_ name: String, text: String, first: Bool = false) {
    if !first { raw(",") }
    string(name)
    raw(":")
    string(text)
  }

  mutating func member(_ name: String, number: Int) {
    raw(",")
    string(name)
    raw(":\(number)")
  }

  consuming func finished() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

  /// Writes a string with the escapes that RFC 8259 section 7 asks for.
  private mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): raw("\\n")
      case UInt8(ascii: "\r"): raw("\\r")
      case UInt8(ascii: "\t"): raw("\\t")
      case 0..<0x20: raw((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
