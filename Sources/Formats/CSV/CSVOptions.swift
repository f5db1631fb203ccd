/// How a delimited text file is written: its delimiter, its quoting, where the column names come from, and its bounds.
public struct CSVOptions: Sendable, Hashable {
  /// Where the names of the columns come from.
  public enum Header: Sendable, Hashable {
    /// The first record that isn't blank names the columns.
    case firstRecord
    /// The caller names the columns; the first record is data.
    case names([String])
  }

  /// The byte between two fields: a comma, or a tab.
  public var delimiter: UInt8
  /// Whether `"` opens a quoted field; off, a quotation mark is a character like any other.
  public var quoting: Bool
  /// Where the names of the columns come from.
  public var header: Header
  /// Bytes that a field may hold.
  public var maxFieldBytes: Int
  /// Bytes that a record may hold.
  public var maxRecordBytes: Int
  /// Fields that a record may hold.
  public var maxFields: Int

  /// Options for a file of comma-separated values (RFC 4180) unless told otherwise.
  public init(
    delimiter: UInt8 = UInt8(ascii: ","), quoting: Bool = true, header: Header = .firstRecord,
    maxFieldBytes: Int = 8 << 20, maxRecordBytes: Int = 16 << 20, maxFields: Int = 4_096
  ) {
    self.delimiter = delimiter
    self.quoting = quoting
    self.header = header
    self.maxFieldBytes = maxFieldBytes
    self.maxRecordBytes = maxRecordBytes
    self.maxFields = maxFields
  }

  /// Comma-separated values with a header, as RFC 4180 has them.
  public static let csv = CSVOptions()

  /// Tab-separated values with a header, where quotation marks mean nothing.
  public static let tsv = CSVOptions(delimiter: UInt8(ascii: "\t"), quoting: false)
}
