import GRDB

/// A transaction on the database: everything that the product asks of it, sorted by concept into extensions.
///
/// Statements are prepared once for each underlying connection. Errors are SQLite's own, wrapped by GRDB.
public struct Connection {
  let db: Database
  /// Who writes, for the audit log.
  var origin: AuditOrigin?

  /// Runs a statement that gives nothing back.
  func run(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws {
    let statement = try db.cachedStatement(sql: sql)
    try statement.execute(arguments: StatementArguments(arguments))
  }

  /// Runs an insert and gives the new row's number.
  func insert(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws -> Int64 {
    let statement = try db.cachedStatement(sql: sql)
    try statement.execute(arguments: StatementArguments(arguments))
    return db.lastInsertedRowID
  }

  /// The rows of a query, each turned into a value.
  func all<Value>(
    _ sql: String, _ arguments: (any DatabaseValueConvertible)?..., as make: (Row) throws -> Value
  ) throws -> [Value] {
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    var values: [Value] = []
    while let row = try rows.next() { values.append(try make(row)) }
    return values
  }

  /// The first row of a query.
  func first<Value>(
    _ sql: String, _ arguments: (any DatabaseValueConvertible)?..., as make: (Row) throws -> Value
  ) throws -> Value? {
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    return try rows.next().map(make)
  }

  /// Calls `body` for each row without keeping them.
  func forEach(_ sql: String, _ arguments: (any DatabaseValueConvertible)?..., do body: (Row) throws -> Void) throws {
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    while let row = try rows.next() { try body(row) }
  }
}
