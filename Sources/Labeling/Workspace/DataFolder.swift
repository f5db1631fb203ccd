import Foundation
public import Storage

/// The folder that holds everything a server knows: database, blobs, features and models.
public final class DataFolder: Sendable {
  /// Its path.
  public let path: String
  /// Whether files beside the database can be written, as far as the last attempts tell.
  public let health = WriteHealth()
  private let lock: FolderLock?

  /// Opens a folder, making it and what belongs into it where missing.
  ///
  /// What an earlier process left half-written is removed where this one has the folder for itself.
  ///
  /// - Parameter exclusive: whether this process will change pools, labels or rounds: only one may at a time.
  /// - Throws: ``StorageError/dataFolder(path:reason:)``, ``StorageError/unwritable(_:path:reason:)`` or
  ///   ``StorageError/inUse(path:holder:)``.
  public init(path: String, exclusive: Bool) throws {
    self.path = path
    for folder in ["", "/blobs", "/features", "/models", "/tmp"] { try DurableFiles.makeFolder(path + folder) }
    guard access(path, W_OK | X_OK) == 0 else { throw StorageError.system(errno, path: path) }
    lock = exclusive ? try FolderLock(folder: path) : nil
    if exclusive {
      removeTemporaries()
      try checkWritable()
    }
  }

  /// Whether this process has the folder for itself.
  public var isExclusive: Bool { lock != nil }
  /// The database file.
  public var database: String { path + "/winnow.sqlite" }
  /// Files that are being written: nothing in it outlives the process that made it.
  var temporaries: String { path + "/tmp" }
  /// The file of a project's features.
  public func features(project: String, version: Int) -> String { "\(path)/features/\(project).v\(version).f32" }
  /// The file of the featurizer that made them.
  public func featurizer(project: String, version: Int) -> String {
    "\(path)/features/\(project).v\(version).featurizer"
  }
  /// The name of a round's model below ``path``.
  public func modelName(project: String, round: Int) -> String { "models/\(project)/\(round).safetensors" }

  /// Writes a file so that it is either wholly there or not at all: temporary name, fsync, rename, fsync of the folder.
  ///
  /// - Throws: ``StorageError/unwritable(_:path:reason:)`` or ``StorageError/dataFolder(path:reason:)``; the file is as it
  ///   was, or is the new one where only the last fsync failed.
  public func writeDurably(_ bytes: [UInt8], to file: String) throws {
    let temporary = "\(temporaries)/\(UUID().uuidString)"
    do throws(StorageError) {
      let folder = DurableFiles.above(file)
      try DurableFiles.makeFolder(folder)
      try DurableFiles.write(bytes, toNew: temporary)
      if rename(temporary, file) != 0 { throw .system(errno, path: file) }
      try DurableFiles.syncFolder(folder)
    } catch {
      unlink(temporary)
      throw noted(error)
    }
  }

  /// Writes something and removes it.
  ///
  /// - Throws: what ``writeDurably(_:to:)`` throws.
  public func checkWritable() throws {
    let probe = "\(temporaries)/\(UUID().uuidString)"
    defer { unlink(probe) }
    do throws(StorageError) {
      // More than a file system keeps within an inode.
      try DurableFiles.write([UInt8](repeating: 0, count: 64 << 10), toNew: probe)
    } catch {
      throw noted(error)
    }
    health.recovered()
  }

  /// Keeps in mind that the disk refused a write, if that is what the error says.
  func noted(_ error: StorageError) -> StorageError {
    if case .unwritable(let fault, _, let reason) = error { health.note(fault, reason) }
    return error
  }

  /// Removes what processes that have ended were writing.
  private func removeTemporaries() {
    for name in DurableFiles.names(in: temporaries) {
      try? FileManager.default.removeItem(atPath: temporaries + "/" + name)
    }
  }
}

/// Keeps other processes from writing to the same folder; ends with the process, however that ends.
private final class FolderLock: Sendable {
  private let descriptor: Int32

  init(folder: String) throws(StorageError) {
    let file = folder + "/winnow.lock"
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(errno, path: folder) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      close(descriptor)
      throw .inUse(path: folder, holder: holder.map { "process \($0)" } ?? "unknown")
    }
    ftruncate(descriptor, 0)
    let text = "\(getpid())\n"
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit { close(descriptor) }
}
