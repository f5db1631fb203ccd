/// Why one record of a delimited text file can't be used; the records after it can.
public struct CSVRowError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with a record.
  public enum Reason: Sendable, Hashable {
    /// The record has another number of fields than the header.
    case fieldCount(expected: Int, found: Int)
    /// A quoted field was opened on this line and never closed.
    case unterminatedQuote(line: Int)
    /// Something other than a delimiter follows the closing quotation mark of a field.
    case textAfterQuote(line: Int)
    /// A field isn't UTF-8; fields count from 1.
    case notUTF8(field: Int)
    /// A field is longer than allowed.
    case fieldTooLong(maxBytes: Int)
    /// The record is longer than allowed, or has more fields than allowed.
    case recordTooLong(maxBytes: Int, maxFields: Int)
  }

  /// The line, from 1, on which the record starts.
  public let line: Int
  /// The record's number, from 1, not counting the header.
  public let row: Int
  /// What is wrong.
  public let reason: Reason

  /// What is wrong, where, and what to do, in a sentence.
  public var description: String { "line \(line): \(reason.description)" }
}

extension CSVRowError.Reason: CustomStringConvertible {
  /// What is wrong and what to do, without the line.
  public var description: String {
    switch self {
    case .fieldCount(let expected, let found):
      "has \(found) fields where the header has \(expected); quote fields that hold the delimiter"
    case .unterminatedQuote(let line):
      "the quotation mark opened on line \(line) is never closed; close it, or double it if it belongs to the text"
    case .textAfterQuote(let line):
      "text follows a closing quotation mark on line \(line); double quotation marks inside a quoted field"
    case .notUTF8(let field):
      "field \(field) is not UTF-8; save the file as UTF-8"
    case .fieldTooLong(let maxBytes):
      "a field is longer than \(maxBytes) bytes"
    case .recordTooLong(let maxBytes, let maxFields):
      "the record is longer than \(maxBytes) bytes or \(maxFields) fields"
    }
  }
}

/// Why nothing of a delimited text file can be read.
public enum CSVError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The header can't be read.
  case header(CSVRowError)
  /// Two columns have the same name.
  case duplicateColumn(String, line: Int)

  /// What is wrong, where, and what to do, in a sentence.
  public var description: String {
    switch self {
    case .header(let error): "the header can't be read: \(error)"
    case .duplicateColumn(let name, let line): "line \(line): the header names column \"\(name)\" twice; rename one"
    }
  }
}
