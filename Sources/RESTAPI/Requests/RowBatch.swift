import Domain

/// Rows on their way to the database, let go of a batch at a time, so that memory is bounded whatever their number and
/// size.
struct RowBatch {
  typealias Row = (number: Int, row: Result<ItemRow, FieldError>)

  /// Rows that are written together at most.
  static let rowLimit = 500
  /// Bytes from which on rows are written, however few they are.
  static let byteLimit = 8 << 20

  private(set) var rows: [Row] = []
  private var bytes = 0
  /// The number that the next row gets, from 0.
  private(set) var next = 0

  /// Whether it is time to write.
  var isFull: Bool { rows.count >= Self.rowLimit || bytes >= Self.byteLimit }

  /// Adds a row, which came as so many bytes, under the next number.
  mutating func append(_ row: Result<ItemRow, FieldError>, bytes: Int) {
    append(row, number: next, bytes: bytes)
  }

  /// Adds a row under its own number.
  mutating func append(_ row: Result<ItemRow, FieldError>, number: Int, bytes: Int) {
    rows.append((number, row))
    self.bytes += bytes
    next = number + 1
  }

  /// Takes the rows out.
  mutating func take() -> [Row] {
    defer { (rows, bytes) = ([], 0) }
    return rows
  }
}
