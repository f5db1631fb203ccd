import Foundation
import Storage

/// Pictures, named by the SHA-256 of their bytes: the same picture is kept once.
struct BlobStore: Sendable {
  let folder: DataFolder

  func path(of hash: String) -> String { "\(folder.path)/blobs/\(hash.prefix(2))/\(hash.dropFirst(2))" }

  /// Keeps bytes; on disk when it returns.
  ///
  /// - Returns: their SHA-256 in hexadecimal.
  func keep(_ bytes: [UInt8]) throws -> String {
    let hash = Secret.hexadecimal(Secret.hash(bytes))
    let file = path(of: hash)
    if !FileManager.default.fileExists(atPath: file) { try folder.writeDurably(bytes, to: file) }
    return hash
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
  func remove(_ hash: String) {
    try? FileManager.default.removeItem(atPath: path(of: hash))
  }
}
