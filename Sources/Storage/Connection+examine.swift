import GRDB

extension Connection {
  /// The schema's version that the database has.
  public func schemaVersion() throws -> Int { try first("PRAGMA user_version") { $0[0] as Int } ?? 0 }

  /// What SQLite finds wrong with the file and with references between tables; empty for a sound one.
  public func integrityComplaints() throws -> [String] {
    let integrity = try all("PRAGMA integrity_check(20)") { $0[0] as String }.filter { $0 != "ok" }
    let references = try all("PRAGMA foreign_key_check") { "a row of \($0[0] as String) refers to nothing" }
    return integrity + references
  }
}
