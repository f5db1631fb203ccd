import Foundation
import GRDB

extension Store {
  /// Pages copied before it is asked whether to go on.
  private static let pagesAtOnce: CInt = 2048

  /// The newest schema that the files in a folder make.
  ///
  /// - Throws: ``StorageError/migrations(path:reason:)``.
  public static func newestSchema(migrations: String) throws -> Int { try Migrations(folder: migrations).latest }

  /// Copies the database, as it is at this moment, into a new file; labels go on meanwhile.
  ///
  /// What had been written when it was called is in the copy.
  ///
  /// - Parameters:
  ///   - file: where; one file, without a log beside it.
  ///   - isCancelled: asked after every few megabytes.
  /// - Throws: ``StorageError``, or `CancellationError`; the file is removed then.
  /// - Complexity: O(size of the database), in constant memory.
  public func copy(to file: String, isCancelled: @escaping () -> Bool = { false }) throws {
    do {
      // Made first, so that nobody else may read it for a moment.
      let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw StorageError.system(errno, path: file) }
      _ = Foundation.close(descriptor)
      let copy = try DatabaseQueue(path: file)
      defer { try? copy.close() }
      try copy.inDatabase { target in
        try target.execute(sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF")
        try read { connection in
          // The snapshot is taken by the first look, and held to the end: without it each step would see another.
          _ = try Int.fetchOne(connection.db, sql: "SELECT count(*) FROM sqlite_schema")
          try connection.db.backup(to: target, pagesPerStep: Self.pagesAtOnce) { _ in
            if isCancelled() { throw CancellationError() }
          }
          if isCancelled() { throw CancellationError() }
        }
      }
      // The copy says of itself that it has a log, which a file that travels alone must not.
      try copy.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL") }
    } catch {
      DatabaseCopy.remove(file)
      guard let failure = error as? DatabaseError, let fault = StorageFault(failure, path: file) else { throw error }
      throw StorageError.unwritable(fault, path: file, reason: failure.message ?? "\(failure)")
    }
  }
}
