import Foundation
import GRDB
import GRDBSQLite

/// The row on which a statement stands, read column by column without copies of its own.
///
/// For statements that give millions of rows: about a tenth of the cost of GRDB's rows. Valid until the statement's next
/// step; columns are counted from 0.
struct RawRow {
  fileprivate let statement: OpaquePointer

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  func optionalInteger(_ column: Int32) -> Int? { isNull(column) ? nil : Int(integer(column)) }

  func optionalNumber(_ column: Int32) -> Double? {
    isNull(column) ? nil : sqlite3_column_double(statement, column)
  }

  /// The bytes of a text or a blob; empty for NULL.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    // In this order: asking for the bytes fixes the representation whose length is meant.
    let start = sqlite3_column_blob(statement, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
  }
}

extension Connection {
  /// Calls `body` for each row of a query of many rows.
  ///
  /// - Throws: what `body` throws, or SQLite's error.
  func forEachRaw(_ sql: String, _ arguments: Int64..., do body: (RawRow) throws -> Void) throws {
    // A statement of its own, and not the kept one: `body` may run the same query again.
    let statement = try db.makeStatement(sql: sql)
    try statement.setArguments(StatementArguments(arguments))
    try withExtendedLifetime(statement) { try step(RawRow(statement: statement.sqliteStatement), sql, body) }
  }

  private func step(_ row: RawRow, _ sql: String, _ body: (RawRow) throws -> Void) throws {
    defer { sqlite3_reset(row.statement) }
    while true {
      switch sqlite3_step(row.statement) {
      case SQLITE_ROW: try body(row)
      case SQLITE_DONE: return
      case let code:
        throw DatabaseError(
          resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(db.sqliteConnection)),
          sql: sql)
      }
    }
  }
}
