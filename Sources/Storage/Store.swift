import Foundation
import GRDB

/// The database of a data folder: many readers, one writer whose small writes share a commit.
///
/// A write that has returned is on disk: write-ahead log with `synchronous = FULL`.
public final class Store: Sendable {
  private let pool: DatabasePool
  private let committer: GroupCommitter
  /// Whether writes succeed.
  public let health = WriteHealth()
  let checkpointer: Checkpointer
  /// Where the database file is.
  public let path: String
  /// The schema's version that this program knows.
  public let schemaVersion: Int

  /// Opens or makes the database and brings its schema up to date.
  ///
  /// - Parameters:
  ///   - path: the database file; its folder must exist.
  ///   - migrations: the folder of the numbered SQL files.
  ///   - checkpointPages: pages of 4 KiB in the write-ahead log from which on it is copied into the database. Small writes
  ///     touch the same pages again and again: the longer the log, the fewer of them are copied.
  /// - Throws: ``StorageError`` where the file is not ours, comes from a newer version, or cannot be written.
  public init(path: String, migrations: String, checkpointPages: Int = 8000) throws {
    self.path = path
    let plan = try Migrations(folder: migrations)
    schemaVersion = plan.latest
    try Self.refuseNewer(path: path, known: plan.latest)
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.foreignKeysEnabled = true
    configuration.maximumReaderCount = 8
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA mmap_size = 2147418112; PRAGMA temp_store = MEMORY")
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      // GRDB sets NORMAL for pools after `prepareDatabase`: only here does FULL stay.
      try pool.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try plan.apply(to: db, path: path)
      }
    } catch let error as DatabaseError {
      throw Self.explain(error, path: path)
    }
    let checkpointer = Checkpointer(path: path, pages: checkpointPages)
    try pool.writeWithoutTransaction { try checkpointer.attach(to: $0) }
    self.checkpointer = checkpointer
    committer = GroupCommitter(pool: pool, path: path, health: health)
  }

  /// Looks at the version before the first byte could be written.
  private static func refuseNewer(path: String, known: Int) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    var configuration = Configuration()
    configuration.readonly = true
    do {
      let version = try DatabaseQueue(path: path, configuration: configuration).read {
        try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0
      }
      guard version <= known else { throw StorageError.newerVersion(path: path, found: version, known: known) }
    } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
      // A log that must be recovered, or a journal that must be rolled back since a process ended while it made the file,
      // cannot be opened read-only: the writing connection will look again.
      return
    } catch let error as DatabaseError {
      throw explain(error, path: path)
    }
  }

  private static func explain(_ error: DatabaseError, path: String) -> StorageError {
    if let fault = StorageFault(error, path: path) {
      return .unwritable(fault, path: path, reason: error.message ?? "\(error)")
    }
    return switch error.resultCode {
    case .SQLITE_CANTOPEN, .SQLITE_PERM:
      .dataFolder(
        path: (path as NSString).deletingLastPathComponent, reason: error.message ?? "no right to write there")
    default: .notADatabase(path: path, reason: error.message ?? "\(error)")
    }
  }

  /// Reads on the calling thread from a consistent snapshot, beside any writer.
  public func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    // SQLite itself would be handed a connection that is gone.
    guard !committer.statistics.hasEnded else { throw StorageError.closed }
    do {
      return try pool.read { try body(Connection(db: $0)) }
    } catch let error as DatabaseError {
      guard let fault = StorageFault(error, path: path) else { throw error }
      throw StorageError.unwritable(fault, path: path, reason: error.message ?? "\(error)")
    }
  }

  /// Writes; returns once the change is on disk.
  ///
  /// Bodies run one after another on one thread, several sharing a transaction. What `body` throws undoes only its own
  /// changes. State that belongs to the writer may be touched inside.
  ///
  /// - Throws: what `body` throws, or ``StorageError/commit(reason:)``.
  public func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    // The task's values do not follow onto the writer's thread.
    guard let origin = AuditOrigin.current else { return try await committer.submit(body) }
    return try await committer.submit { connection in
      var connection = connection
      connection.origin = origin
      return try body(connection)
    }
  }

  /// Writes from a thread that may wait.
  public func writeAndWait<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) throws -> Value {
    try committer.submitAndWait(body)
  }

  /// How many transactions could not be committed: memory that mirrors the database is stale when it changes.
  public var failedCommits: Int { committer.failedCommits }

  /// What the writer has done and is doing.
  public var commits: CommitStatistics { committer.statistics }

  /// Writes that wait for their turn.
  public var waitingWrites: Int { committer.waiting }

  /// Finishes the writes under way and closes the files.
  public func close() {
    guard !committer.statistics.hasEnded else { return }
    committer.close()
    checkpointer.close()
    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    try? pool.close()
  }
}
