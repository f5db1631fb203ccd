/// Reads delimited text as it arrives: bytes in, records out, whatever the chunks.
///
/// RFC 4180, with what files in the wild need: a byte order mark is dropped; lines end in LF, CRLF or CR; blank lines
/// are skipped; a quotation mark inside an unquoted field is a character. A bad record is reported in its place and
/// doesn't sink those after it. Memory is bounded by the longest record allowed, plus the chunk.
public struct CSVReader: Sendable {
  private enum State: Sendable {
    case fieldStart, unquoted, quoted, quoteInQuoted
  }

  private static let quote = UInt8(ascii: "\"")
  private static let lf = UInt8(ascii: "\n")
  private static let cr = UInt8(ascii: "\r")

  /// The names of the columns, once they are known.
  public private(set) var header: CSVHeader?

  private let options: CSVOptions
  private var byteOrderMark = ByteOrderMark()
  private var state = State.fieldStart
  private var afterCarriageReturn = false
  private var line = 1
  private var recordLine = 1
  private var quoteLine = 1
  private var row = 0
  private var recordHasContent = false
  /// The bytes of the record's fields, one after the other, and where each finished field ends.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var fault: CSVRowError.Reason?

  /// A reader at the start of a file.
  public init(options: CSVOptions = .csv) {
    self.options = options
    if case .names(let names) = options.header { header = CSVHeader(names: names) }
  }

  /// Takes the next bytes of the file.
  ///
  /// - Returns: the records that these bytes complete, good and bad, in order.
  /// - Throws: ``CSVError`` where the header is unusable; nothing can be read then.
  /// - Complexity: O(bytes).
  public mutating func feed(_ chunk: [UInt8]) throws(CSVError) -> [CSVRow] {
    var rows: [CSVRow] = []
    try consume(byteOrderMark.strip(chunk), into: &rows)
    return rows
  }

  /// Ends the file: a last record without a line end is complete.
  ///
  /// - Returns: the last record, if there is one.
  /// - Throws: ``CSVError`` where the header is unusable.
  public mutating func finish() throws(CSVError) -> [CSVRow] {
    var rows: [CSVRow] = []
    try consume(byteOrderMark.finish(), into: &rows)
    if state == .quoted { fault = .unterminatedQuote(line: quoteLine) }
    try endRecord(into: &rows)
    return rows
  }

  private mutating func consume(_ chunk: [UInt8], into rows: inout [CSVRow]) throws(CSVError) {
    var index = 0
    while index < chunk.count {
      let byte = chunk[index]
      if afterCarriageReturn {
        afterCarriageReturn = false
        if byte == Self.lf {
          // The CR before it has been counted; inside quotation marks the LF is text all the same.
          if state == .quoted { append(chunk[index...index]) }
          index += 1
          continue
        }
      }
      switch state {
      case .quoted:
        index = consumeQuoted(chunk, from: index)
      case .fieldStart where byte == Self.quote && options.quoting:
        state = .quoted
        quoteLine = line
        recordHasContent = true
        index += 1
      case .quoteInQuoted where byte == Self.quote:
        append(chunk[index...index])
        state = .quoted
        index += 1
      case .fieldStart, .unquoted, .quoteInQuoted:
        if byte == options.delimiter {
          endField()
          recordHasContent = true
          index += 1
        } else if byte == Self.lf || byte == Self.cr {
          try endRecord(into: &rows)
          countLine(byte)
          recordLine = line
          index += 1
        } else {
          if state == .quoteInQuoted { fault = fault ?? .textAfterQuote(line: line) }
          state = .unquoted
          recordHasContent = true
          index = consumeUnquoted(chunk, from: index)
        }
      }
    }
  }

  /// Takes text up to the next delimiter or line end, and returns the index of what stopped it.
  private mutating func consumeUnquoted(_ chunk: [UInt8], from start: Int) -> Int {
    let delimiter = options.delimiter
    var end = start
    while end < chunk.count, chunk[end] != delimiter, chunk[end] != Self.lf, chunk[end] != Self.cr { end += 1 }
    append(chunk[start..<end])
    return end
  }

  /// Takes text up to the next quotation mark or line end, both included, and returns the index after it.
  private mutating func consumeQuoted(_ chunk: [UInt8], from start: Int) -> Int {
    var end = start
    while end < chunk.count, chunk[end] != Self.quote, chunk[end] != Self.lf, chunk[end] != Self.cr { end += 1 }
    guard end < chunk.count else {
      append(chunk[start...])
      return end
    }
    if chunk[end] == Self.quote {
      append(chunk[start..<end])
      state = .quoteInQuoted
    } else {
      append(chunk[start...end])
      countLine(chunk[end])
    }
    return end + 1
  }

  private mutating func countLine(_ byte: UInt8) {
    line += 1
    afterCarriageReturn = byte == Self.cr
  }

  /// Appends to the field being read, unless the record is lost already: then nothing more of it is kept.
  private mutating func append(_ part: ArraySlice<UInt8>) {
    if fault != nil { return }
    // Whichever bound comes first, however much of the text came in one piece.
    let field = options.maxFieldBytes - (bytes.count - (ends.last ?? 0))
    let record = options.maxRecordBytes - bytes.count
    if part.count <= min(field, record) {
      bytes.append(contentsOf: part)
    } else if field <= record {
      fault = .fieldTooLong(maxBytes: options.maxFieldBytes)
    } else {
      fault = .recordTooLong(maxBytes: options.maxRecordBytes, maxFields: options.maxFields)
    }
  }

  private mutating func endField() {
    state = .fieldStart
    if fault != nil { return }
    ends.append(bytes.count)
    if ends.count > options.maxFields {
      fault = .recordTooLong(maxBytes: options.maxRecordBytes, maxFields: options.maxFields)
    }
  }

  private mutating func endRecord(into rows: inout [CSVRow]) throws(CSVError) {
    defer {
      state = .fieldStart
      bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
      ends.removeAll(keepingCapacity: true)
      fault = nil
      recordHasContent = false
    }
    guard recordHasContent else { return }
    endField()
    let fields = decodeFields()
    guard let header else {
      if let fault { throw .header(CSVRowError(line: recordLine, row: 0, reason: fault)) }
      return try takeHeader(fields)
    }
    row += 1
    if fault == nil, fields.count != header.names.count {
      fault = .fieldCount(expected: header.names.count, found: fields.count)
    }
    if let fault {
      rows.append(.rejected(CSVRowError(line: recordLine, row: row, reason: fault)))
    } else {
      rows.append(.record(CSVRecord(line: recordLine, row: row, fields: fields, header: header)))
    }
  }

  private mutating func decodeFields() -> [String] {
    var fields: [String] = []
    if fault != nil { return fields }
    fields.reserveCapacity(ends.count)
    var start = 0
    for end in ends {
      guard let field = String(validating: bytes[start..<end], as: UTF8.self) else {
        fault = .notUTF8(field: fields.count + 1)
        return []
      }
      fields.append(field)
      start = end
    }
    return fields
  }

  /// Columns without a name may come more than once: spreadsheets and data frames leave such behind.
  private mutating func takeHeader(_ names: [String]) throws(CSVError) {
    var seen: Set<String> = []
    for name in names where !name.isEmpty && !seen.insert(name).inserted {
      throw .duplicateColumn(name, line: recordLine)
    }
    header = CSVHeader(names: names)
  }
}
