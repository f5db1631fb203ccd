public import Domain
import GRDB

extension Connection {
  /// Writes a line into the audit log, in the transaction of the change that it tells of.
  ///
  /// - Parameters:
  ///   - action: what is done, as `kind.verb`.
  ///   - before: what was there; never with secrets.
  ///   - after: what is there now; never with secrets.
  ///   - principal: who does it where the task's ``AuditOrigin`` does not know yet, as at a sign-in.
  public func audit(
    _ action: String, _ subject: AuditSubject, before: JSONValue? = nil, after: JSONValue? = nil,
    by principal: Principal? = nil, at now: Timestamp
  ) throws {
    let who = principal ?? origin?.principal
    try run(
      """
      INSERT INTO audit(at, user_id, user_name, role, action, subject_kind, subject_id, project_id, address, request_id,
        before, after)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, now.milliseconds, who?.user.id.rawValue, who?.user.name, who?.role.rawValue, action, subject.kind,
      subject.id,
      subject.project?.rawValue, origin?.address, origin?.requestID, before?.text(), after?.text())
  }

  /// A page of the audit log, newest first.
  ///
  /// - Complexity: O(limit) where the filter names a user, a project or one action; O(lines) at worst.
  public func auditEntries(_ filter: AuditFilter, before: Int64?, limit: Int) throws -> [AuditEntry] {
    var conditions = ["id < ?"]
    var arguments: [(any DatabaseValueConvertible)?] = [before ?? Int64.max]
    func add(_ condition: String, _ values: any DatabaseValueConvertible...) {
      conditions.append(condition)
      arguments += values
    }
    if let action = filter.action {
      if action.hasSuffix(".") {
        add("action >= ? AND action < ?", action, action.dropLast() + "/")
      } else {
        add("action = ?", action)
      }
    }
    if let user = filter.user { add("user_id = ?", user.rawValue) }
    if let project = filter.project { add("project_id = ?", project.rawValue) }
    if let since = filter.since { add("at >= ?", since.milliseconds) }
    if let until = filter.until { add("at < ?", until.milliseconds) }
    arguments.append(limit)
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: """
          SELECT id, at, user_id, user_name, role, action, subject_kind, subject_id, project_id, address, request_id, before,
            after FROM audit WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?
          """), arguments: StatementArguments(arguments))
    var entries: [AuditEntry] = []
    while let row = try rows.next() {
      entries.append(
        AuditEntry(
          id: row[0], at: Timestamp(milliseconds: row[1]), userID: (row[2] as Int64?).map { UserID($0) },
          userName: row[3], role: row[4], action: row[5],
          subject: AuditSubject(row[6], row[7], in: (row[8] as Int64?).map { ProjectID($0) }), address: row[9],
          requestID: row[10], before: row[11], after: row[12]))
    }
    return entries
  }
}
