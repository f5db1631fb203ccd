import Foundation
import Storage

/// The folder that holds everything a server knows: database, blobs, features and models.
public final class DataFolder: Sendable {
  /// Its path.
  public let path: String
  private let lock: FolderLock?

  /// Opens a folder, making it and what belongs into it where missing.
  ///
  /// - Parameter exclusive: whether this process will change pools, labels or rounds: only one may at a time.
  /// - Throws: ``StorageError/dataFolder(path:reason:)`` or ``StorageError/inUse(path:holder:)``.
  public init(path: String, exclusive: Bool) throws {
    self.path = path
    do {
      for folder in ["", "/blobs", "/features", "/models"] {
        try FileManager.default.createDirectory(
          atPath: path + folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      }
    } catch {
      throw StorageError.dataFolder(path: path, reason: Self.reason(of: error))
    }
    guard access(path, W_OK | X_OK) == 0 else {
      throw StorageError.dataFolder(path: path, reason: String(cString: strerror(errno)))
    }
    lock = exclusive ? try FolderLock(folder: path) : nil
  }

  private static func reason(of error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(underlying.code)))
    }
    let text = (error as NSError).localizedDescription
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// The database file.
  public var database: String { path + "/winnow.sqlite" }
  /// The file of a project's features.
  public func features(project: String, version: Int) -> String { "\(path)/features/\(project).v\(version).f32" }
  /// The file of the featurizer that made them.
  public func featurizer(project: String, version: Int) -> String {
    "\(path)/features/\(project).v\(version).featurizer"
  }
  /// The name of a round's model below ``path``.
  public func modelName(project: String, round: Int) -> String { "models/\(project)/\(round).safetensors" }

  /// Writes a file so that it is either wholly there or not at all: temporary name, fsync, rename, fsync of the folder.
  public func writeDurably(_ bytes: [UInt8], to file: String) throws {
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let temporary = file + ".\(UUID().uuidString).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StorageError.dataFolder(path: temporary, reason: String(cString: strerror(errno)))
    }
    var failure: Int32 = 0
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count, failure == 0 {
        let written = write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if written < 0, errno != EINTR { failure = errno } else if written > 0 { offset += written }
      }
    }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    close(descriptor)
    if failure == 0, rename(temporary, file) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw StorageError.dataFolder(path: file, reason: String(cString: strerror(failure)))
    }
    let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if parent >= 0 {
      fsync(parent)
      close(parent)
    }
  }
}

/// Keeps other processes from writing to the same folder; ends with the process, however that ends.
private final class FolderLock: Sendable {
  private let descriptor: Int32

  init(folder: String) throws {
    let file = folder + "/winnow.lock"
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StorageError.dataFolder(path: folder, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      close(descriptor)
      throw StorageError.inUse(path: folder, holder: holder.map { "process \($0)" } ?? "unknown")
    }
    ftruncate(descriptor, 0)
    let text = "\(getpid())\n"
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit { close(descriptor) }
}
