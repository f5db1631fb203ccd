/// The names of a file's columns, shared by its records.
public struct CSVHeader: Sendable, Hashable {
  /// The names in the order of the file.
  public let names: [String]
  private let positions: [String: Int]

  /// A header of these names; where a name comes twice, the first column has it.
  public init(names: [String]) {
    self.names = names
    self.positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The position of a column, or nil where there is none of that name.
  public func position(of name: String) -> Int? { positions[name] }
}

/// One record of a delimited text file: as many fields as the header has names.
public struct CSVRecord: Sendable, Hashable {
  /// The line, from 1, on which the record starts.
  public let line: Int
  /// The record's number, from 1, among all records but the header, good and bad.
  public let row: Int
  /// The fields in the order of the header.
  public let fields: [String]
  /// The names of the columns.
  public let header: CSVHeader

  /// The field of a column, or nil where there is no column of that name.
  public subscript(name: String) -> String? { header.position(of: name).map { fields[$0] } }
}

/// What the reader found where a record stands: a record, or why it is none.
public enum CSVRow: Sendable, Hashable {
  /// A good record.
  case record(CSVRecord)
  /// A record that can't be used; those after it can.
  case rejected(CSVRowError)

  /// The record, or nil where it was rejected.
  public var record: CSVRecord? {
    if case .record(let record) = self { record } else { nil }
  }

  /// The error, or nil where the record is good.
  public var error: CSVRowError? {
    if case .rejected(let error) = self { error } else { nil }
  }
}
