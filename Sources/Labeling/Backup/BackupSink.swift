import Foundation
import Storage

/// Where the files of a backup go, one after another.
protocol BackupSink {
  /// Begins a file of so many bytes.
  mutating func begin(_ name: String, size: Int) throws
  /// The next bytes of it.
  mutating func append(_ bytes: [UInt8]) throws
  /// The file is whole.
  mutating func end() throws
}

/// One tar file, written piece by piece.
struct TarSink: BackupSink {
  /// Seconds since 1970.
  let time: Int
  let write: ([UInt8]) throws -> Void
  private var size = 0

  init(time: Int, write: @escaping ([UInt8]) throws -> Void) {
    self.time = time
    self.write = write
  }

  mutating func begin(_ name: String, size: Int) throws {
    self.size = size
    try write(TarFile.header(name: name, size: size, time: time))
  }

  func append(_ bytes: [UInt8]) throws { try write(bytes) }

  func end() throws {
    let padding = TarFile.padding(after: size)
    if !padding.isEmpty { try write(padding) }
  }
}

/// A folder of files, for their owner alone; synced by whoever made it.
struct FolderSink: BackupSink {
  let folder: String
  private var descriptor: Int32 = -1
  private var path = ""
  private var made: Set<String> = []

  init(folder: String) { self.folder = folder }

  mutating func begin(_ name: String, size: Int) throws {
    path = folder + "/" + name
    let parent = DurableFiles.above(path)
    if made.insert(parent).inserted { try DurableFiles.makeFolder(parent) }
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StorageError.system(errno, path: path) }
  }

  func append(_ bytes: [UInt8]) throws { try DurableFiles.append(bytes, to: descriptor, path: path) }

  mutating func end() throws {
    close(descriptor)
    descriptor = -1
  }
}
