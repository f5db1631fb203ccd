import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

@Suite struct UpgradeTests {
  /// Every row of every table as text, by table.
  private func dump(_ store: Store) throws -> [String: [String]] {
    try store.read { connection in
      let tables = try String.fetchAll(
        connection.db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      var rows: [String: [String]] = [:]
      for table in tables {
        rows[table] = try Row.fetchAll(connection.db, sql: "SELECT * FROM \(table)").map { row in
          row.map { "\($0)=\($1)" }.joined(separator: "|")
        }.sorted()
      }
      return rows
    }
  }

  /// A folder with the files of the schema up to one.
  private func schema(_ last: Int = 1, in folder: TestFolder) throws -> String {
    let path = folder.path + "/schema-\(last)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: TestFolder.migrations)
    where Int(name.prefix(4)).map({ $0 <= last }) ?? false {
      try FileManager.default.copyItem(atPath: TestFolder.migrations + "/" + name, toPath: path + "/" + name)
    }
    return path
  }

  /// Something in every table that refers to a project.
  private func fill(_ store: Store) async throws -> ProjectID {
    let (project, user, items) = try await store.seed(items: 4)
    try await store.write { connection in
      let removed = try connection.insertProject(
        name: "gone", modality: .text, task: .singleLabel, guidelines: "", settings: ProjectSettings(), now: moment)
      // By hand: the first schema has fewer tables than this version clears.
      try connection.db.execute(sql: "DELETE FROM project WHERE id = \(removed)")
      try connection.insertMember(user, of: project)
      let label = try #require(try connection.project(project)?.labels.first).id
      let provenance = Provenance(strategy: "margin", round: 1, rank: 2, utility: 0.5)
      let lease = try connection.insertLease(
        item: items[0], row: 0, annotator: user, in: project, now: moment, expiresAt: moment, provenance: provenance)
      func said(_ item: ItemID, _ outcome: Outcome, _ labels: [LabelID]) throws -> AnnotationID {
        try connection.insertAnnotation(
          NewAnnotation(
            item: item, annotator: user, outcome: outcome, labels: labels, note: "n", durationMilliseconds: 7,
            lease: lease.id, provenance: provenance, request: nil), in: project, now: moment)
      }
      let first = try said(items[0], .label, [label])
      let second = try said(items[0], .label, [label])
      _ = try connection.retract(first, by: user, replacedBy: second, now: moment)
      _ = try said(items[1], .skip, [])
      _ = try connection.insertRound(
        in: project, trigger: "first", seed: 1, scope: RoundScope(annotationsSeen: 1, poolSize: 4), now: moment)
      try connection.replaceQueue(of: project, with: [(row: 2, utility: 0.25), (row: 3, utility: 0.125)])
      try connection.saveFeatureSet(
        FeatureSet(version: 1, dimension: 2, rows: 4, fittedOn: 4), of: project, now: moment)
      try connection.saveStreamState("{}", of: project, strategy: "split", budget: 0.1)
      try connection.updatePoolShape(PoolShape(vectorLength: nil, embeddingLength: 3, nextRow: 4), of: project)
    }
    return project
  }

  /// Every schema that shipped before the present one.
  static let earlier = Array(1..<((try? TestFolder.shipped()) ?? 2))

  @Test(arguments: earlier) func aDatabaseOfAnEarlierSchemaLosesNothing(version: Int) async throws {
    let folder = try TestFolder()
    let old = try folder.open(migrations: try schema(version, in: folder))
    let project = try await fill(old)
    let before = try dump(old)
    // Later files add tables that what the first one knows does not fill.
    let empty = ["token", "session", "idempotent_answer"]
    for (table, rows) in before where version == 1 && !empty.contains(table) {
      #expect(!rows.isEmpty, "the test puts nothing into \(table)")
    }
    old.close()

    let store = try folder.open()
    let after = try dump(store)
    for (table, rows) in before {
      // Later files add columns at the end of some tables.
      let now = try #require(after[table])
      #expect(now.count == rows.count && zip(now, rows).allSatisfy { $0.hasPrefix($1) }, "\(table)")
    }
    #expect(try store.number("SELECT count(*) FROM pragma_foreign_key_check") == 0)
    #expect(try store.read { try $0.integrityComplaints() } == [])
    #expect(try await store.write { try Int.fetchOne($0.db, sql: "PRAGMA foreign_keys") } == 1)
    // Several labels are allowed now, a third task is not, and the identifier of a removed project is not given again.
    let (several, count) = try await store.write { connection in
      let several = try connection.insertProject(
        name: "several", modality: .text, task: .multiLabel, guidelines: "", settings: ProjectSettings(), now: moment)
      #expect(throws: DatabaseError.self) {
        try connection.db.execute(sql: "UPDATE project SET task = 'ranking' WHERE id = \(several)")
      }
      // What refers to a project still goes with it.
      #expect(throws: DatabaseError.self) { try connection.db.execute(sql: "DELETE FROM annotation") }
      try connection.db.execute(sql: "INSERT INTO removal(project_id, item_id) VALUES (\(project), 0)")
      try connection.db.execute(sql: "DELETE FROM annotation")
      try connection.db.execute(sql: "DELETE FROM project WHERE id = \(project)")
      let left = ["item", "label", "lease", "member", "round", "queue_entry", "feature_set", "stream_state"]
      return (
        several, try left.reduce(0) { try $0 + (Int.fetchOne(connection.db, sql: "SELECT count(*) FROM \($1)") ?? 0) }
      )
    }
    #expect(several.rawValue == project.rawValue + 2 && count == 0)
    store.close()
  }

  @Test func whoCouldSignInBeforeStillCan() async throws {
    let folder = try TestFolder()
    let old = try folder.open(migrations: try schema(in: folder))
    @Sendable func hash(_ byte: Int) -> String { "x'" + String(repeating: "0\(byte)", count: 32) + "'" }
    try await old.write { connection in
      try connection.db.execute(
        sql: """
          INSERT INTO user(id, name, created_at) VALUES (1, 'ann', 0), (2, 'eve', 0), (3, 'Eve', 0), (4, 'root', 0);
          INSERT INTO token(id, user_id, role, hash, created_at, expires_at, revoked_at) VALUES
            (1, 1, 'annotator', \(hash(1)), 0, NULL, NULL), (2, 2, 'annotator', \(hash(2)), 0, NULL, NULL),
            (3, 2, 'engineer', \(hash(3)), 0, NULL, NULL), (4, 3, 'admin', \(hash(4)), 0, NULL, 5),
            (5, 4, 'admin', \(hash(5)), 0, NULL, NULL);
          INSERT INTO session(hash, token_id, created_at, expires_at) VALUES
            (\(hash(6)), 2, 7, 4102444800000), (\(hash(7)), 4, 7, 4102444800000);
          """)
    }
    old.close()
    let store = try folder.open()
    defer { store.close() }
    func bytes(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }
    let now = Timestamp.now
    try store.read { connection in
      #expect(try connection.accounts(after: nil, limit: 9).map(\.role) == [.annotator, .engineer, .annotator, .admin])
      let roles = try (1...5).map { try connection.token(hash: bytes($0), now: now)?.principal.role }
      #expect(roles == [.annotator, .annotator, .engineer, nil, .admin])
      let sessions = try (6...7).map {
        try connection.session(
          hash: bytes($0), now: now, usedSince: now.adding(seconds: -3600), rotatedSince: now)?.principal
      }
      #expect(sessions.map { $0?.user.name } == ["eve", nil] && sessions[0]?.role == .annotator)
      // Names that differ in case alone are told apart where they are there already.
      #expect(try connection.knownUser(named: "Eve")?.id == UserID(3))
      #expect(try connection.knownUser(named: "ANN")?.id == UserID(1))
      #expect(try connection.knownUser(named: "EVE") == nil)
    }
  }

  @Test func anEmptyDatabaseOfTheFirstSchemaIsBroughtUpToDate() throws {
    let folder = try TestFolder()
    try folder.open(migrations: try schema(in: folder)).close()
    let store = try folder.open()
    #expect(try store.number("PRAGMA user_version") == TestFolder.shipped())
    #expect(try store.number("SELECT count(*) FROM project") == 0)
    store.close()
  }

  @Test func aFileThatLeavesReferencesToNothingIsRefused() async throws {
    let folder = try TestFolder()
    let first = try folder.open()
    _ = try await first.seed(items: 2)
    first.close()
    let next = try TestFolder.shipped() + 1
    let name = String(repeating: "0", count: 4 - "\(next)".count) + "\(next)_bad.sql"
    let broken = try folder.migrations(adding: name, "DELETE FROM project;")
    do {
      try folder.open(migrations: broken).close()
      Issue.record("items of no project were left behind")
    } catch StorageError.migrations(let path, let reason) {
      #expect(path.hasSuffix(name) && reason.contains("refer"))
    }
    let store = try folder.open()
    #expect(try store.number("SELECT count(*) FROM project") == 1)
    #expect(try store.number("SELECT count(*) FROM item") == 2)
    store.close()
  }
}
