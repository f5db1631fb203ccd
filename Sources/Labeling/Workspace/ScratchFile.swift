import Foundation
public import Storage

/// A file without a name: it is gone when the last one lets go of it, or when the process ends, however that happens.
///
/// Writing and reading block on the disk.
public final class ScratchFile: Sendable {
  /// To read it by, while this object is there.
  public let descriptor: Int32
  private let folder: DataFolder

  /// Makes an empty one in a data folder.
  ///
  /// - Throws: ``StorageError/unwritable(_:path:reason:)`` or ``StorageError/dataFolder(path:reason:)``.
  init(in folder: DataFolder) throws(StorageError) {
    self.folder = folder
    let path = folder.temporaries + "/\(UUID().uuidString).scratch"
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw folder.noted(.system(errno, path: folder.path)) }
    unlink(path)
  }

  deinit { close(descriptor) }

  /// Writes bytes after what was written before; one caller at a time.
  ///
  /// - Throws: ``StorageError/unwritable(_:path:reason:)``, where the disk is full for instance.
  public func append(_ bytes: [UInt8]) throws(StorageError) {
    do throws(StorageError) {
      try DurableFiles.append(bytes, to: descriptor, path: folder.path)
    } catch {
      throw folder.noted(error)
    }
  }
}
