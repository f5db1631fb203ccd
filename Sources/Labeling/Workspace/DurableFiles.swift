import Foundation
import Storage

/// Files and folders that are on disk, names included, once a call returns.
///
/// A file's fsync says nothing of its name: that is kept by an fsync of the folder that holds it, and a new folder's own
/// name by one of the folder above.
enum DurableFiles {
  /// Makes a folder and those above it that are missing, for the owner alone.
  ///
  /// - Throws: ``StorageError/unwritable(_:path:reason:)`` or ``StorageError/dataFolder(path:reason:)``.
  static func makeFolder(_ path: String) throws(StorageError) {
    if mkdir(path, 0o700) == 0 { return try syncFolder(above(path)) }
    switch errno {
    case EEXIST:
      var status = stat()
      // A file of that name, or a link to nowhere.
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw .system(ENOTDIR, path: path) }
    case ENOENT:
      let parent = above(path)
      guard parent != path else { throw .system(ENOENT, path: path) }
      try makeFolder(parent)
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system(errno, path: path) }
      try syncFolder(parent)
    default: throw .system(errno, path: path)
    }
  }

  /// Brings the names in a folder to disk.
  static func syncFolder(_ path: String) throws(StorageError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(errno, path: path) }
    let failure = fsync(descriptor) == 0 ? 0 : errno
    close(descriptor)
    // Folders of other owners, such as the one above the data folder, may refuse; their names are not ours to keep.
    if failure != 0, failure != EINVAL, failure != EACCES { throw .system(failure, path: path) }
  }

  /// Brings a folder with everything in it to disk.
  static func syncTree(_ path: String) throws(StorageError) {
    for name in names(in: path) {
      let inner = path + "/" + name
      let descriptor = open(inner, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { throw .system(errno, path: inner) }
      var status = stat()
      let isFolder = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      let failure = isFolder || fsync(descriptor) == 0 ? 0 : errno
      close(descriptor)
      if failure != 0 { throw .system(failure, path: inner) }
      if isFolder { try syncTree(inner) }
    }
    try syncFolder(path)
  }

  /// Makes a file of the owner's with these bytes, on disk but for its name.
  static func write(_ bytes: [UInt8], toNew path: String) throws(StorageError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(errno, path: path) }
    defer { close(descriptor) }
    try append(bytes, to: descriptor, path: path)
    if fsync(descriptor) != 0 { throw .system(errno, path: path) }
  }

  /// Writes all bytes where the descriptor stands.
  static func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(StorageError) {
    let failure = bytes.withUnsafeBytes { buffer -> Int32 in
      var offset = 0
      while offset < buffer.count {
        let written = Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if written > 0 {
          offset += written
        } else if written == 0 || errno != EINTR {
          return written == 0 ? EIO : errno
        }
      }
      return 0
    }
    if failure != 0 { throw .system(failure, path: path) }
  }

  /// The folder that holds a file or folder.
  static func above(_ path: String) -> String {
    let parent = (path as NSString).deletingLastPathComponent
    return parent.isEmpty ? "." : parent
  }

  /// The names in a folder, in no order; empty where it cannot be read.
  static func names(in path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }
}
