import Domain
import Foundation
import GRDB
import Testing

@testable import Storage

/// A folder of one test with a database in it, removed when the test lets go of it.
final class TestFolder {
  /// The schema that ships.
  static let migrations = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Migrations").standardized.path

  let path: String
  var database: String { path + "/winnow.sqlite" }

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/winnow-storage-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func open(migrations: String = TestFolder.migrations) throws -> Store {
    try Store(path: database, migrations: migrations)
  }

  /// A copy of the schema files with one more.
  func migrations(adding name: String, _ sql: String) throws -> String {
    let copy = path + "/migrations-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: Self.migrations, toPath: copy)
    try sql.write(toFile: copy + "/" + name, atomically: true, encoding: .utf8)
    return copy
  }

  /// How many schema files ship.
  static func shipped() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: migrations).filter { $0.hasSuffix(".sql") }.count
  }
}

let moment = Timestamp(milliseconds: 1_800_000_000_000)

extension Store {
  /// One number from the database.
  func number(_ sql: String) throws -> Int {
    try read { try Int.fetchOne($0.db, sql: sql) ?? -1 }
  }

  /// A project with two labels, and a user.
  func seed(items: Int = 0) async throws -> (project: ProjectID, user: UserID, items: [ItemID]) {
    try await write { connection in
      let project = try connection.insertProject(
        name: "p", modality: .text, task: .singleLabel, guidelines: "", settings: ProjectSettings(), now: moment)
      try connection.insertLabel(LabelDraft(name: "a"), position: 0, in: project)
      try connection.insertLabel(LabelDraft(name: "b"), position: 1, in: project)
      let user = try connection.user(named: "ann", now: moment)
      let made = try (0..<items).compactMap { row in
        try connection.insertItem(
          NewItem(
            key: "k\(row)", content: .text("text \(row)"), embedding: nil, meta: nil, predictions: nil,
            evaluation: false, priority: 0), row: row, in: project, now: moment)
      }
      return (project, user.id, made)
    }
  }
}
