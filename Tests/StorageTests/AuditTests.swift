import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite struct AuditTests {
  @Test func theLogTakesLinesAndNothingElse() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    try await store.write { connection in
      try connection.audit("user.create", AuditSubject("user", "1"), after: ["name": "ann"], at: moment)
      try connection.audit("project.change", AuditSubject("project", "2", in: ProjectID(2)), at: moment)
    }
    for sql in [
      "UPDATE audit SET action = 'x'", "DELETE FROM audit WHERE id = 1", "DELETE FROM audit",
      "INSERT OR REPLACE INTO audit(id, at, action, subject_kind) VALUES (1, 0, 'x', 'y')",
      "REPLACE INTO audit(id, at, action, subject_kind) VALUES (2, 0, 'x', 'y')",
    ] {
      await #expect(throws: DatabaseError.self, "\(sql)") {
        try await store.write { try $0.db.execute(sql: sql) }
      }
    }
    let entries = try store.read { try $0.auditEntries(AuditFilter(), before: nil, limit: 10) }
    #expect(entries.map(\.action) == ["project.change", "user.create"])
    #expect(entries.last?.after == #"{"name":"ann"}"# && entries.last?.userName == nil)
  }

  @Test func whoActsFollowsOntoTheWritersThreadAndStaysWithTheirOwnWrites() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...40 {
        group.addTask {
          let user = User(id: UserID(Int64(number)), name: "u\(number)")
          let origin = AuditOrigin(
            principal: Principal(user: user, role: .engineer), address: "10.0.0.\(number)", requestID: "r\(number)")
          try await AuditOrigin.$current.withValue(number % 4 == 0 ? nil : origin) {
            try await store.write { try $0.audit("a.b", AuditSubject("number", "\(number)"), at: moment) }
          }
        }
      }
      try await group.waitForAll()
    }
    let entries = try store.read { try $0.auditEntries(AuditFilter(), before: nil, limit: 100) }
    #expect(entries.count == 40)
    for entry in entries {
      let number = Int(entry.subject.id ?? "") ?? 0
      let isKnown = number % 4 != 0
      #expect(entry.userName == (isKnown ? "u\(number)" : nil) && entry.address == (isKnown ? "10.0.0.\(number)" : nil))
      #expect(entry.requestID == (isKnown ? "r\(number)" : nil) && entry.role == (isKnown ? "engineer" : nil))
    }
  }

  @Test func aChangeThatFailsLeavesNoLine() async throws {
    struct Failure: Error {}
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    await #expect(throws: Failure.self) {
      try await store.write { connection in
        try connection.audit("user.create", AuditSubject("user"), at: moment)
        throw Failure()
      }
    }
    #expect(try store.number("SELECT count(*) FROM audit") == 0)
  }

  @Test func filtersNameWhatIsWanted() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    try await store.write { connection in
      for number in 0..<6 {
        let principal = Principal(user: User(id: UserID(Int64(number % 2 + 1)), name: "u"), role: .admin)
        try connection.audit(
          number < 3 ? "user.create" : "user.change", AuditSubject("user", in: number == 5 ? ProjectID(9) : nil),
          by: principal, at: moment.adding(seconds: number))
      }
    }
    func count(_ change: (inout AuditFilter) -> Void) throws -> Int {
      var filter = AuditFilter()
      change(&filter)
      return try store.read { try $0.auditEntries(filter, before: nil, limit: 100) }.count
    }
    #expect(try count { $0.action = "user.create" } == 3)
    #expect(try count { $0.action = "user." } == 6)
    #expect(try count { $0.action = "use" } == 0)
    #expect(try count { $0.user = UserID(1) } == 3)
    #expect(try count { $0.project = ProjectID(9) } == 1)
    #expect(try count { $0.since = moment.adding(seconds: 4) } == 2)
    #expect(try count { $0.until = moment.adding(seconds: 4) } == 4)
    let page = try store.read { try $0.auditEntries(AuditFilter(), before: 4, limit: 2) }.map(\.id)
    #expect(page == [3, 2])
  }

  @Test func whatWasSaidIsNeverChangedAndGoesWithItsItemAlone() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (project, user, items) = try await store.seed(items: 2)
    try await store.write { connection in
      let label = try #require(try connection.project(project)?.labels.first).id
      func said(_ item: ItemID) throws -> AnnotationID {
        try connection.insertAnnotation(
          NewAnnotation(
            item: item, annotator: user, outcome: .label, labels: [label], note: nil, durationMilliseconds: nil,
            lease: nil, provenance: Provenance(strategy: "random"), request: nil), in: project, now: moment)
      }
      for item in items {
        let (first, second) = (try said(item), try said(item))
        _ = try connection.retract(first, by: user, replacedBy: second, now: moment)
        _ = try connection.insertAdjudication(
          of: item, in: project, by: user, labels: [label], note: nil, now: moment)
      }
    }
    for sql in [
      "UPDATE annotation SET outcome = 1", "DELETE FROM annotation", "UPDATE annotation_label SET label_id = 2",
      "DELETE FROM annotation_label", "UPDATE retraction SET replaced_by = NULL", "UPDATE retraction SET user_id = 9",
      "DELETE FROM retraction", "UPDATE adjudication SET note = 'x'", "DELETE FROM adjudication",
      "DELETE FROM item WHERE id = \(items[0])", "DELETE FROM project",
    ] {
      await #expect(throws: DatabaseError.self, "\(sql)") { try await store.write { try $0.db.execute(sql: sql) } }
    }
    _ = try await store.write { try $0.deleteItem(items[0]) }
    #expect(try store.number("SELECT count(*) FROM annotation") == 2)
    #expect(try store.number("SELECT count(*) FROM retraction") == 1)
    #expect(try store.number("SELECT count(*) FROM adjudication") == 1)
    try await store.write { try $0.deleteProject(project) }
    for table in ["annotation", "annotation_label", "retraction", "adjudication", "item", "removal"] {
      #expect(try store.number("SELECT count(*) FROM \(table)") == 0, "\(table)")
    }
  }
}
