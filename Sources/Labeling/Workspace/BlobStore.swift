import Foundation
import Storage
import Synchronization

/// Pictures, named by the SHA-256 of their bytes: the same picture is kept once.
final class BlobStore: Sendable {
  let folder: DataFolder
  /// Folders whose names are known to be on disk.
  private let synced = Mutex<Set<String>>([])

  init(folder: DataFolder) { self.folder = folder }

  func path(of hash: String) -> String { "\(folder.path)/blobs/\(hash.prefix(2))/\(hash.dropFirst(2))" }

  /// Keeps bytes; on disk when it returns.
  ///
  /// - Returns: their SHA-256 in hexadecimal.
  func keep(_ bytes: [UInt8]) throws -> String {
    let hash = Secret.hexadecimal(Secret.hash(bytes))
    let file = path(of: hash)
    if FileManager.default.fileExists(atPath: file) {
      try syncName(of: file)
    } else {
      try folder.writeDurably(bytes, to: file)
    }
    return hash
  }

  /// Makes sure of a name that an earlier process may have given without living to see it on disk.
  private func syncName(of file: String) throws {
    let parent = DurableFiles.above(file)
    guard !synced.withLock({ $0.contains(parent) }) else { return }
    do throws(StorageError) {
      try DurableFiles.syncFolder(parent)
      try DurableFiles.syncFolder(DurableFiles.above(parent))
    } catch {
      throw folder.noted(error)
    }
    // What this process writes from here on syncs the folder itself.
    synced.withLock { _ = $0.insert(parent) }
  }

  /// The bytes of a blob.
  ///
  /// - Throws: ``StorageError/dataFolder(path:reason:)`` where the file is missing.
  func bytes(of hash: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path(of: hash)) else {
      throw StorageError.dataFolder(path: path(of: hash), reason: "the picture is missing")
    }
    return Array(data)
  }

  /// Removes a blob that nothing refers to any more.
  ///
  /// Only inside a write that finds it so: the same picture may be coming in again.
  func remove(_ hash: String) {
    try? FileManager.default.removeItem(atPath: path(of: hash))
  }
}
