/// Writes records of delimited text (RFC 4180), quoting a field only where it needs it.
public struct CSVWriter: Sendable, Hashable {
  /// The byte between two fields.
  public var delimiter: UInt8
  /// What ends a record: RFC 4180 has CRLF, most tools write LF; both are read everywhere.
  public var lineEnding: String
  /// Whether a field that a spreadsheet would run as a formula gets an apostrophe in front.
  ///
  /// Such a field starts with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line end (OWASP, "CSV Injection").
  /// Numbers keep their sign. The apostrophe changes the data, so leave this off where programs read the file.
  public var guardsFormulas: Bool

  /// A writer of comma-separated values unless told otherwise.
  public init(delimiter: UInt8 = UInt8(ascii: ","), lineEnding: String = "\n", guardsFormulas: Bool = false) {
    self.delimiter = delimiter
    self.lineEnding = lineEnding
    self.guardsFormulas = guardsFormulas
  }

  /// One record, its line end included.
  public func record(_ fields: [String]) -> [UInt8] {
    var output: [UInt8] = []
    append(fields, to: &output)
    return output
  }

  /// Appends one record, its line end included.
  ///
  /// - Complexity: O(bytes).
  public func append(_ fields: [String], to output: inout [UInt8]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { output.append(delimiter) }
      append(Array(field.utf8), alone: fields.count == 1, to: &output)
    }
    output.append(contentsOf: lineEnding.utf8)
  }

  /// Appends the next field of a record that has begun: the delimiter, then UTF-8, in quotation marks where it needs them.
  ///
  /// For writers that put records together field by field; ``append(_:to:)`` writes the same.
  public func append(next field: [UInt8], to output: inout [UInt8]) {
    output.append(delimiter)
    append(field, alone: false, to: &output)
  }

  private func append(_ field: [UInt8], alone: Bool, to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let apostrophe = guardsFormulas && Self.isFormula(field)
    let needsQuotes = field.contains {
      $0 == delimiter || $0 == quote || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
    }
    // A record of one empty field would be a blank line, which readers skip.
    guard needsQuotes || (alone && field.isEmpty) else {
      if apostrophe { output.append(UInt8(ascii: "'")) }
      output.append(contentsOf: field)
      return
    }
    output.append(quote)
    if apostrophe { output.append(UInt8(ascii: "'")) }
    for byte in field {
      if byte == quote { output.append(quote) }
      output.append(byte)
    }
    output.append(quote)
  }

  /// Full-width signs count too: spreadsheets take them for the plain ones.
  private static func isFormula(_ field: [UInt8]) -> Bool {
    switch field.first {
    case UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): true
    case UInt8(ascii: "+"), UInt8(ascii: "-"): Double(String(decoding: field, as: UTF8.self)) == nil
    case 0xEF where field.count >= 3 && field[1] == 0xBC: [0x8B, 0x8D, 0x9D, 0xA0].contains(field[2])
    default: false
    }
  }
}
