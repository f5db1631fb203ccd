import GRDB

extension Connection {
  /// What SQLite finds wrong with the file and with references between tables; empty for a sound one.
  public func integrityComplaints() throws -> [String] {
    let integrity = try all("PRAGMA integrity_check(20)") { $0[0] as String }.filter { $0 != "ok" }
    let references = try all("PRAGMA foreign_key_check") { "a row of \($0[0] as String) refers to nothing" }
    return integrity + references
  }
}
