import Foundation
import GRDB

/// The numbered SQL files that bring a database to the present schema.
///
/// `user_version` holds the number of the last file that was applied; each file is one transaction.
struct Migrations {
  let files: [(number: Int, path: String)]

  /// Lists `NNNN_name.sql` below a folder.
  ///
  /// - Throws: ``StorageError/migrations(path:reason:)`` where numbers are missing or stand twice.
  init(folder: String) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw StorageError.migrations(path: folder, reason: "the folder cannot be read")
    }
    files = try names.filter { $0.hasSuffix(".sql") }.sorted().map { name in
      guard let number = Int(name.prefix(4)) else {
        throw StorageError.migrations(path: folder, reason: "“\(name)” does not begin with four digits")
      }
      return (number, folder + "/" + name)
    }
    guard !files.isEmpty, files.map(\.number) == Array(1...files.count) else {
      throw StorageError.migrations(path: folder, reason: "the files are not numbered from 0001 without a gap")
    }
  }

  /// The version that a database has after all files.
  var latest: Int { files.count }

  /// Applies what is missing; references between rows hold before and after.
  ///
  /// - Throws: ``StorageError/newerVersion(path:found:known:)`` before anything is written.
  func apply(to db: Database, path: String) throws {
    // One statement, one snapshot: another process may be making the schema at this moment.
    let row = try Row.fetchOne(
      db, sql: "SELECT user_version, EXISTS (SELECT 1 FROM sqlite_schema) FROM pragma_user_version")
    let version: Int = row?[0] ?? 0
    guard version <= latest else { throw StorageError.newerVersion(path: path, found: version, known: latest) }
    if version == 0, let hasTables: Bool = row?[1], hasTables {
      throw StorageError.notADatabase(path: path, reason: "it holds the tables of another program")
    }
    let missing = files.filter { $0.number > version }
    guard !missing.isEmpty else { return }
    // A table that is made anew is dropped in between, and dropping it would take along what refers to it. The pragma does
    // nothing within a transaction, so it stands around all of them.
    try db.execute(sql: "PRAGMA foreign_keys = OFF")
    defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
    for file in missing {
      guard let sql = try? String(contentsOfFile: file.path, encoding: .utf8) else {
        throw StorageError.migrations(path: file.path, reason: "the file cannot be read")
      }
      try db.inTransaction(.immediate) {
        // Another process may have been faster.
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 < file.number else { return .commit }
        try db.execute(sql: sql)
        if let table = try String.fetchOne(db, sql: "SELECT \"table\" FROM pragma_foreign_key_check") {
          throw StorageError.migrations(path: file.path, reason: "rows of “\(table)” refer to rows that are gone")
        }
        try db.execute(sql: "PRAGMA user_version = \(file.number)")
        return .commit
      }
    }
  }
}
