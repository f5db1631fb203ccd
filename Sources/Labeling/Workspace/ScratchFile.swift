import Foundation
public import Storage

/// A file without a name: it is gone when the last one lets go of it, or when the process ends, however that happens.
///
/// Writing and reading block on the disk.
public final class ScratchFile: Sendable {
  /// To read it by, while this object is there.
  public let descriptor: Int32
  private let folder: String

  /// Makes an empty one in a folder.
  ///
  /// - Throws: ``StorageError/dataFolder(path:reason:)``.
  init(below folder: String) throws(StorageError) {
    self.folder = folder
    let path = folder + "/\(UUID().uuidString).scratch"
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .dataFolder(path: folder, reason: String(cString: strerror(errno))) }
    unlink(path)
  }

  deinit { close(descriptor) }

  /// Writes bytes after what was written before; one caller at a time.
  ///
  /// - Throws: ``StorageError/dataFolder(path:reason:)``, where the disk is full for instance.
  public func append(_ bytes: [UInt8]) throws(StorageError) {
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count, failure == 0 {
        let written = write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if written >= 0 { offset += written } else if errno != EINTR { failure = errno }
      }
    }
    if failure != 0 { throw .dataFolder(path: folder, reason: String(cString: strerror(failure))) }
  }
}
