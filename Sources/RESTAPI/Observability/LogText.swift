/// Text that is safe within a line of the log.
enum LogText {
  /// Fields whose values are numbers.
  private static let numbers: Set<String> = ["status", "bytes", "ms", "handling_ms", "received_bytes", "milliseconds"]

  static func isNumber(_ name: String, _ value: String) -> Bool {
    // As JSON writes them: Swift would read 0x10 and +5 too.
    guard numbers.contains(name), value.utf8.first != UInt8(ascii: "."), value.utf8.last != UInt8(ascii: ".") else {
      return false
    }
    return value.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") } && Double(value) != nil
  }

  /// The text with what could break a line escaped.
  static func plain(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    return text.unicodeScalars.map { isUnsafe($0) ? escape($0) : String($0) }.joined()
  }

  /// The same, in quotation marks where it would not read as one word.
  static func value(_ text: String) -> String {
    let isWord =
      !text.isEmpty && text.unicodeScalars.allSatisfy { !" \"=\\".unicodeScalars.contains($0) && !isUnsafe($0) }
    return isWord ? text : quoted(text)
  }

  /// A JSON string, in which control characters and marks of direction are escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where isUnsafe(character): result += escape(character)
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }

  private static func isUnsafe(_ character: Unicode.Scalar) -> Bool {
    switch character.value {
    case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0x200E...0x200F, 0x061C, 0xFEFF: true
    default: false
    }
  }

  private static func escape(_ character: Unicode.Scalar) -> String {
    let digits = String(character.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
