import Foundation
import GRDB
import Testing

@testable import Storage

@Suite struct MigrationsTests {
  @Test func areAppliedOnceAndCounted() async throws {
    let folder = try TestFolder()
    let first = try folder.open()
    #expect(try first.number("PRAGMA user_version") == TestFolder.shipped())
    _ = try await first.seed(items: 3)
    first.close()
    let second = try folder.open()
    #expect(try second.number("PRAGMA user_version") == TestFolder.shipped())
    #expect(try second.number("SELECT count(*) FROM item") == 3)
    second.close()
  }

  @Test func aLaterFileIsAppliedToWhatIsThere() async throws {
    let folder = try TestFolder()
    let first = try folder.open()
    _ = try await first.seed(items: 2)
    first.close()
    let next = try TestFolder.shipped() + 1
    let name = String(repeating: "0", count: 4 - "\(next)".count) + "\(next)_more.sql"
    let grown = try folder.migrations(adding: name, "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;")
    for _ in 0..<2 {
      let store = try folder.open(migrations: grown)
      #expect(try store.number("PRAGMA user_version") == next)
      #expect(try store.number("SELECT count(*) FROM item") == 2)
      #expect(try store.number("SELECT count(*) FROM more") == 0)
      store.close()
    }
  }

  @Test func aFileThatFailsLeavesNothingBehind() async throws {
    let folder = try TestFolder()
    try folder.open().close()
    let next = try TestFolder.shipped() + 1
    let name = String(repeating: "0", count: 4 - "\(next)".count) + "\(next)_bad.sql"
    let broken = try folder.migrations(adding: name, "CREATE TABLE half (id INTEGER); CREATE TABLE project (id);")
    #expect(throws: StorageError.self) { try folder.open(migrations: broken) }
    let store = try folder.open()
    #expect(try store.number("PRAGMA user_version") == next - 1)
    #expect(try store.number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0)
    store.close()
  }

  @Test func aNewerDatabaseIsRefusedUntouched() async throws {
    let folder = try TestFolder()
    let store = try folder.open()
    try await store.write { try $0.db.execute(sql: "PRAGMA user_version = 99") }
    store.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    do {
      try folder.open().close()
      Issue.record("a database from a newer version was opened")
    } catch StorageError.newerVersion(let path, let found, let known) {
      #expect(path == folder.database && found == 99)
      #expect(try known == TestFolder.shipped())
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == before)
  }

  /// As a process leaves it that ends while the file is switched to a write-ahead log.
  @Test func aJournalThatMustBeRolledBackIsRolledBack() throws {
    let folder = try TestFolder()
    try folder.open().close()
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    let queue = try DatabaseQueue(path: folder.database)
    try queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA cache_size = 2; BEGIN; UPDATE sqlite_sequence SET seq = 0")
      try db.execute(sql: "INSERT INTO user(name, created_at) SELECT hex(randomblob(500)), 0 FROM pragma_table_list")
      // Pages have gone to the file by now, and how they were is in the journal.
      for name in ["winnow.sqlite", "winnow.sqlite-journal"] {
        try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: folder.path + "/copy-" + name)
      }
      try db.execute(sql: "ROLLBACK")
    }
    try queue.close()
    let left = folder.path + "/left"
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    for name in ["winnow.sqlite", "winnow.sqlite-journal"] {
      try FileManager.default.moveItem(atPath: folder.path + "/copy-" + name, toPath: left + "/" + name)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: left + "/winnow.sqlite")) != before)
    let store = try Store(path: left + "/winnow.sqlite", migrations: TestFolder.migrations)
    #expect(try store.number("SELECT count(*) FROM user") == 0)
    #expect(try store.read { try $0.integrityComplaints() } == [])
    store.close()
  }

  @Test func whatIsNoDatabaseIsRefusedUntouched() throws {
    let folder = try TestFolder()
    let text = Data(String(repeating: "this is a letter, not a database. ", count: 100).utf8)
    try text.write(to: URL(fileURLWithPath: folder.database))
    do {
      try folder.open().close()
      Issue.record("a letter was opened as a database")
    } catch StorageError.notADatabase(let path, _) {
      #expect(path == folder.database)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == text)
  }

  @Test func theDatabaseOfAnotherProgramIsRefused() throws {
    let folder = try TestFolder()
    let other = try DatabaseQueue(path: folder.database)
    try other.write { try $0.execute(sql: "CREATE TABLE contact (name TEXT)") }
    try other.close()
    do {
      try folder.open().close()
      Issue.record("another program's database was opened")
    } catch StorageError.notADatabase(_, let reason) {
      #expect(reason.contains("another program"))
    }
    let tables = try DatabaseQueue(path: folder.database).read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema")
    }
    #expect(tables == 1)
  }

  @Test func aFolderThatIsMissingIsNamed() throws {
    #expect(throws: StorageError.self) {
      try Store(path: "/nowhere/at/all/winnow.sqlite", migrations: TestFolder.migrations)
    }
    let folder = try TestFolder()
    do {
      try folder.open(migrations: folder.path + "/none").close()
      Issue.record("there were no schema files")
    } catch StorageError.migrations(let path, _) {
      #expect(path == folder.path + "/none")
    }
  }

  @Test(arguments: [["0001_a.sql", "0003_b.sql"], ["0002_a.sql"], ["0001_a.sql", "0001_b.sql"], ["first.sql"], []])
  func filesMustBeNumberedWithoutAGap(names: [String]) throws {
    let folder = try TestFolder()
    let migrations = folder.path + "/m"
    try FileManager.default.createDirectory(atPath: migrations, withIntermediateDirectories: true)
    for name in names { try Data().write(to: URL(fileURLWithPath: migrations + "/" + name)) }
    #expect(throws: StorageError.self) { try folder.open(migrations: migrations) }
    #expect(!FileManager.default.fileExists(atPath: folder.database))
  }
}
