import Domain
import Foundation
import Storage

/// What a backup became.
public struct BackupSummary: Sendable {
  /// Files in it, pictures among them.
  public var files = 0
  /// Their bytes.
  public var bytes = 0
  /// Pictures that items show and that were missing or damaged in the folder already.
  public var missingPictures = 0
}

/// A copy of the database from one moment, and everything that it refers to.
///
/// The files beside the database never change once they are there, so they are read without a snapshot; what is removed
/// while they are read is removed from the copy as well, as if the copy had been made a moment later.
public final class BackupSource: Sendable {
  private static let pieceBytes = 1 << 20

  private let service: LabelingService
  private let copy: String
  private let createdAt: Timestamp
  private let includesFeatures: Bool

  /// Copies the database to a scratch file.
  ///
  /// - Parameters:
  ///   - scratch: a folder with room for the database; without it the data folder's own.
  ///   - features: whether the feature matrices, which can be computed again, belong into it.
  /// - Throws: ``StorageError`` where there is no room, or `CancellationError`.
  public init(
    of service: LabelingService, scratch: String? = nil, features: Bool = true,
    isCancelled: @escaping () -> Bool = { false }
  ) throws {
    self.service = service
    includesFeatures = features
    createdAt = service.clock()
    copy = "\(scratch ?? service.folder.temporaries)/\(UUID().uuidString).scratch"
    try service.store.copy(to: copy, isCancelled: isCancelled)
  }

  deinit { DatabaseCopy.remove(copy) }

  /// Writes a tar file piece by piece.
  ///
  /// - Parameter write: may wait for a slow reader; what it throws ends the backup.
  public func writeTar(to write: ([UInt8]) throws -> Void) throws -> BackupSummary {
    // Small pictures and headers go together: each piece costs a system call, or a wait for the client.
    var held: [UInt8] = []
    let time = Int(createdAt.milliseconds / 1000)
    return try withoutActuallyEscaping({ (bytes: [UInt8]) in
      held += bytes
      guard held.count >= Self.pieceBytes / 4 else { return }
      try write(held)
      held.removeAll(keepingCapacity: true)
    }) { keep in
      var sink: any BackupSink = TarSink(time: time, write: keep)
      let summary = try self.write(to: &sink)
      try write(held + TarFile.end)
      return summary
    }
  }

  /// Writes a folder, which must be empty or missing.
  public func writeFolder(_ folder: String) throws -> BackupSummary {
    var sink: any BackupSink = FolderSink(folder: folder)
    return try write(to: &sink)
  }

  private func write(to sink: inout any BackupSink) throws -> BackupSummary {
    let database = try DatabaseCopy(path: copy, readOnly: false)
    defer { database.close() }
    var manifest = BackupManifest(
      schema: try database.read { try $0.schemaVersion() }, createdAt: "\(createdAt)")
    let gone = try writePictures(of: database, to: &sink, &manifest)
    for name in try derivedFiles(of: database) {
      if let file = try copy(service.folder.path + "/" + name.path, as: name.path, limit: name.bytes, to: &sink) {
        manifest.files.append(file)
      }
    }
    try database.write { connection in for hash in gone { try connection.deleteItems(showing: hash) } }
    database.close()
    if let file = try copy(copy, as: BackupManifest.database, limit: nil, to: &sink) { manifest.files.append(file) }
    let text = try manifest.encoded()
    try sink.begin(BackupManifest.name, size: text.count)
    try sink.append(text)
    try sink.end()
    return BackupSummary(
      files: manifest.files.count + manifest.pictures + 1,
      bytes: manifest.files.reduce(manifest.pictureBytes + text.count) { $0 + $1.bytes },
      missingPictures: manifest.missingPictures.count)
  }

  /// Writes the pictures in the order of their names.
  ///
  /// - Returns: those that were removed from the product since the database was copied.
  private func writePictures(
    of database: DatabaseCopy, to sink: inout any BackupSink, _ manifest: inout BackupManifest
  ) throws -> [String] {
    var gone: [String] = []
    // The cursor reads a file of our own: however long it takes, it holds nobody up.
    try database.read { connection in
      try connection.forEachPicture { hash in
        let name = "blobs/\(hash.prefix(2))/\(hash.dropFirst(2))"
        if let bytes = FileManager.default.contents(atPath: service.blobs.path(of: hash)).map({ Array($0) }),
          Secret.hexadecimal(Secret.hash(bytes)) == hash
        {
          try sink.begin(name, size: bytes.count)
          try sink.append(bytes)
          try sink.end()
          manifest.pictures += 1
          manifest.pictureBytes += bytes.count
        } else if try service.store.read({ try $0.isReferenced(imageHash: hash) }) {
          manifest.missingPictures.append(hash)
        } else {
          gone.append(hash)
        }
      }
    }
    return gone
  }

  /// Featurizers, matrices and models, with how many of their bytes count.
  private func derivedFiles(of database: DatabaseCopy) throws -> [(path: String, bytes: Int?)] {
    try database.read { connection in
      var files: [(path: String, bytes: Int?)] = []
      for (project, set) in try connection.featureSets() {
        files.append(("features/\(project).v\(set.version).featurizer", nil))
        // Rows after those that the copy counts were appended later.
        let bytes = set.rows * set.dimension * MemoryLayout<Float>.stride
        if includesFeatures { files.append(("features/\(project).v\(set.version).f32", bytes)) }
      }
      return files + (try connection.modelFiles().map { ($0.path, nil) })
    }
  }

  /// Copies a file, or its beginning; `nil` where it is gone or too short, so that it will be computed again.
  private func copy(
    _ path: String, as name: String, limit: Int?, to sink: inout any BackupSink
  ) throws -> BackupManifest.File? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw StorageError.system(errno, path: path) }
    let size = limit ?? Int(status.st_size)
    guard size <= Int(status.st_size) else { return nil }
    var digest = Digest()
    var left = size
    try sink.begin(name, size: size)
    while left > 0 {
      let wanted = min(left, Self.pieceBytes)
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        count = max(0, read(descriptor, buffer.baseAddress, wanted))
      }
      guard !piece.isEmpty else {
        throw StorageError.dataFolder(path: path, reason: "it became shorter while it was read")
      }
      digest.update(piece)
      try sink.append(piece)
      left -= piece.count
    }
    try sink.end()
    return BackupManifest.File(name: name, bytes: size, sha256: digest.hexadecimal())
  }
}
