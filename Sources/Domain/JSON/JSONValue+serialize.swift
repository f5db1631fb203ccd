extension JSONValue {
  /// The document as UTF-8 on one line.
  ///
  /// - Complexity: O(length).
  public func serialized() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    append(to: &bytes)
    return bytes
  }

  /// The document as text on one line.
  public func text() -> String { String(decoding: serialized(), as: UTF8.self) }

  /// Appends the document to a buffer.
  public func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append("null")
    case .bool(let value): bytes.append(value ? "true" : "false")
    case .integer(let value): bytes.append(decimal: value)
    case .number(let value): bytes.append(jsonNumber: value)
    case .string(var value): value.withUTF8 { bytes.append(jsonText: $0) }
    case .raw(let value): bytes.append(contentsOf: value.utf8)
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        var key = member.key
        key.withUTF8 { bytes.append(jsonText: $0) }
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }
}
