import Domain
import GRDB
import Testing

@testable import Storage

@Suite struct DurabilityTests {
  @Test func theWriterSyncsEveryCommit() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let (synchronous, journal, keys) = try await store.write { connection in
      (
        try Int.fetchOne(connection.db, sql: "PRAGMA synchronous"),
        try String.fetchOne(connection.db, sql: "PRAGMA journal_mode"),
        try Int.fetchOne(connection.db, sql: "PRAGMA foreign_keys")
      )
    }
    #expect(synchronous == 2)
    #expect(journal == "wal")
    #expect(keys == 1)
  }

  @Test func everyConnectionWaitsForLocksAndMapsTheFile() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    @Sendable func settings(_ connection: Connection) throws -> [Int?] {
      try ["busy_timeout", "mmap_size", "foreign_keys"].map { try Int.fetchOne(connection.db, sql: "PRAGMA \($0)") }
    }
    #expect(try await store.write { try settings($0) } == [10_000, 2_147_418_112, 1])
    #expect(try store.read { try settings($0) } == [10_000, 2_147_418_112, 1])
  }

  @Test func everyTableIsStrict() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    let loose = try store.read {
      try String.fetchAll(
        $0.db,
        sql:
          "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%'"
      )
    }
    #expect(loose == [])
    await #expect(throws: DatabaseError.self) {
      try await store.write { try $0.db.execute(sql: "INSERT INTO user(name, created_at) VALUES ('x', 'noon')") }
    }
  }

  @Test func everyForeignKeyHasAnIndexToLookBackBy() throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    // Users are never removed, and rows that name the round of a project hang on the project.
    let missing = try store.read { connection in
      try Row.fetchAll(
        connection.db,
        sql: """
          SELECT t.name, f."from" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f
          WHERE t.schema = 'main' AND f."table" NOT IN ('user', 'project') AND NOT EXISTS (
            SELECT 1 FROM pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
            WHERE c.seqno = 0 AND c.name = f."from")
          AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) k WHERE k.name = f."from" AND k.pk = 1)
          """
      ).map { "\($0[0] as String).\($0[1] as String)" }
    }
    #expect(missing == [])
  }

  @Test func aSoundDatabaseHasNoComplaints() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    defer { store.close() }
    _ = try await store.seed(items: 5)
    #expect(try store.read { try $0.integrityComplaints() } == [])
  }
}
