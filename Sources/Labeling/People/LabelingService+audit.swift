public import Domain
public import Storage

extension LabelingService {
  /// A page of the audit log, newest first.
  public func auditEntries(_ filter: AuditFilter, before: Int64?, limit: Int) throws -> [AuditEntry] {
    try store.read { try $0.auditEntries(filter, before: before, limit: limit) }
  }

  /// Writes what is no change of the database, or one of many transactions, into the audit log.
  public func audit(_ action: String, _ subject: AuditSubject, after: JSONValue? = nil) async throws {
    let now = clock()
    try await store.write { try $0.audit(action, subject, after: after, at: now) }
  }
}
