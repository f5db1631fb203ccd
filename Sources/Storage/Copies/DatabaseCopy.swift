public import Domain
import Foundation
import GRDB

/// A database that nobody else has open: a copy that is being made, or one in a backup.
public final class DatabaseCopy: Sendable {
  private let queue: DatabaseQueue
  /// Where it is.
  public let path: String

  /// Opens a copy.
  ///
  /// - Parameter readOnly: whether nothing will be changed; what has a log beside it cannot be opened so.
  /// - Throws: ``StorageError/notADatabase(path:reason:)``.
  public init(path: String, readOnly: Bool) throws {
    self.path = path
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.foreignKeysEnabled = true
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
    } catch let error as DatabaseError {
      throw StorageError.notADatabase(path: path, reason: error.message ?? "\(error)")
    }
  }

  /// Closes the file.
  public func close() { try? queue.close() }

  /// Reads.
  public func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    try queue.read { try body(Connection(db: $0)) }
  }

  /// Writes in a transaction.
  public func write<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    try queue.write { try body(Connection(db: $0)) }
  }

  /// Removes a copy and what SQLite may have beside it.
  public static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }
}

extension Connection {
  /// Calls `body` for each picture that an item shows, once, in the order of their names.
  public func forEachPicture(_ body: (String) throws -> Void) throws {
    try forEach(
      "SELECT DISTINCT image_hash FROM item_content WHERE image_hash IS NOT NULL ORDER BY image_hash"
    ) { try body($0[0]) }
  }

  /// The feature sets of all projects.
  public func featureSets() throws -> [(project: ProjectID, set: FeatureSet)] {
    try all("SELECT project_id, version, dimension, rows, fitted_on FROM feature_set ORDER BY project_id, version") {
      (ProjectID($0[0]), FeatureSet(version: $0[1], dimension: $0[2], rows: $0[3], fittedOn: $0[4]))
    }
  }

  /// The model files that rounds name, and whether their round serves.
  public func modelFiles() throws -> [(path: String, serves: Bool)] {
    try all("SELECT artifact, state = 'serving' FROM round WHERE artifact IS NOT NULL ORDER BY project_id, number") {
      ($0[0], ($0[1] as Int) == 1)
    }
  }

  /// Removes the items that show a picture.
  public func deleteItems(showing hash: String) throws {
    for item in try all("SELECT item_id FROM item_content WHERE image_hash = ?", hash, as: { $0[0] as Int64 }) {
      _ = try deleteItem(ItemID(item))
    }
  }
}

extension Connection {
  /// Entries that are missing from the audit log, whose numbers follow each other; 0 where there is no log.
  public func auditGaps() throws -> Int {
    guard try first("SELECT 1 FROM sqlite_schema WHERE name = 'audit' AND type = 'table'", as: { _ in true }) == true
    else { return 0 }
    return try first(
      """
      SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0) - (SELECT count(*) FROM audit)
      """
    ) { max(0, $0[0] as Int) } ?? 0
  }
}
