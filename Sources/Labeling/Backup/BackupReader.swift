import Foundation
import Storage

/// Why a backup cannot be used.
public enum BackupError: Error, Sendable, CustomStringConvertible {
  /// It is no backup, or not a whole one.
  case unusable(path: String, reason: String)
  /// The folder that it should be restored to holds something.
  case occupied(path: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unusable(let path, let reason):
      "The backup “\(path)” cannot be used: \(reason). Nothing was changed; take another one."
    case .occupied(let path):
      "“\(path)” is not empty, and a backup is restored to a new folder only. Move it away, or choose another with --data."
    }
  }
}

/// The files of a backup, one after another: of a tar file or of a folder.
struct BackupReader {
  private static let pieceBytes = 1 << 20

  let path: String

  /// Calls `begin` with each file's name and size, then `piece` with its bytes; never with a name that leads elsewhere.
  ///
  /// - Throws: ``BackupError/unusable(path:reason:)``, and what the functions throw.
  func forEachFile(
    begin: (_ name: String, _ kind: BackupName, _ size: Int) throws -> Void, piece: ([UInt8]) throws -> Void,
    end: () throws -> Void
  ) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw unusable(String(cString: strerror(errno))) }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try namesInFolder() {
        let descriptor = try open(path + "/" + name)
        defer { close(descriptor) }
        guard fstat(descriptor, &status) == 0 else { throw unusable(String(cString: strerror(errno))) }
        try begin(name, try kind(of: name), Int(status.st_size))
        try pieces(of: Int(status.st_size), from: descriptor, piece)
        try end()
      }
    } else {
      let descriptor = try open(path)
      defer { close(descriptor) }
      try forEachEntry(descriptor, begin: begin, piece: piece, end: end)
    }
  }

  private func forEachEntry(
    _ descriptor: Int32, begin: (String, BackupName, Int) throws -> Void, piece: ([UInt8]) throws -> Void,
    end: () throws -> Void
  ) throws {
    while true {
      var header: [UInt8] = []
      try pieces(of: TarFile.blockBytes, from: descriptor) { header += $0 }
      switch TarFile.parse(header) {
      case .end: return
      case .file(let name, let size):
        try begin(name, try kind(of: name), size)
        try pieces(of: size, from: descriptor, piece)
        try end()
        try pieces(of: TarFile.padding(after: size).count, from: descriptor) { _ in }
      case .other(let size):
        try pieces(of: size + TarFile.padding(after: size).count, from: descriptor) { _ in }
      case nil: throw unusable("it is no tar file, or damaged")
      }
    }
  }

  private func pieces(of size: Int, from descriptor: Int32, _ body: ([UInt8]) throws -> Void) throws {
    var left = size
    while left > 0 {
      let wanted = min(left, Self.pieceBytes)
      let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        count = max(0, read(descriptor, buffer.baseAddress, wanted))
      }
      guard !bytes.isEmpty else { throw unusable("it ends too early") }
      try body(bytes)
      left -= bytes.count
    }
  }

  /// The names of a folder's files, the pictures in order and the manifest last, as in a tar file.
  private func namesInFolder() throws -> [String] {
    var names: [String] = []
    for part in ["blobs", "features", "models"] {
      let folder = path + "/" + part
      guard FileManager.default.fileExists(atPath: folder) else { continue }
      for inner in DurableFiles.names(in: folder).sorted() {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: folder + "/" + inner, isDirectory: &isFolder)
        names +=
          isFolder.boolValue
          ? DurableFiles.names(in: folder + "/" + inner).sorted().map { "\(part)/\(inner)/\($0)" }
          : ["\(part)/\(inner)"]
      }
    }
    return names + [BackupManifest.database, BackupManifest.name]
  }

  private func kind(of name: String) throws -> BackupName {
    guard let kind = BackupName(name) else { throw unusable("it holds “\(name)”, which belongs to no backup") }
    return kind
  }

  private func open(_ file: String) throws -> Int32 {
    let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw unusable("“\((file as NSString).lastPathComponent)” cannot be read: \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  func unusable(_ reason: String) -> BackupError { .unusable(path: path, reason: reason) }
}
