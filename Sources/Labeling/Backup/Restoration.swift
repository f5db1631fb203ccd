import Foundation
import Storage

/// Reads a backup, checks everything in it, and puts it where it belongs.
public struct Restoration {
  private let reader: BackupReader

  /// Names a backup: a tar file, or a folder.
  public init(from path: String) { reader = BackupReader(path: path) }

  /// Checks every sum, the database, and that all pictures are there.
  ///
  /// The database is unpacked into a folder of its own for that and removed again.
  ///
  /// - Parameter knownSchema: the newest schema that this program knows.
  /// - Returns: what is in the backup.
  /// - Throws: ``BackupError/unusable(path:reason:)``, or ``StorageError`` where there is no room.
  public func verify(knownSchema: Int) throws -> BackupSummary {
    let folder = FileManager.default.temporaryDirectory.path + "/winnow-verify-\(UUID().uuidString)"
    try DurableFiles.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try unpack(to: folder, all: false, knownSchema: knownSchema)
  }

  /// Restores to a folder that is missing or empty.
  ///
  /// Everything is unpacked and checked beside it, brought to disk, and then given its name: whatever happens, the folder is
  /// either as it was or whole.
  ///
  /// - Throws: ``BackupError``, or ``StorageError`` where there is no room.
  public func restore(to folder: String, knownSchema: Int) throws -> BackupSummary {
    if FileManager.default.fileExists(atPath: folder) {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), names.isEmpty else {
        throw BackupError.occupied(path: folder)
      }
    }
    let parent = DurableFiles.above(folder)
    try DurableFiles.makeFolder(parent)
    let building = folder + ".restoring-\(UUID().uuidString.prefix(8))"
    try DurableFiles.makeFolder(building)
    do {
      let summary = try unpack(to: building, all: true, knownSchema: knownSchema)
      try DurableFiles.syncTree(building)
      // Over an empty folder, in one step; a folder that somebody filled meanwhile refuses.
      guard rename(building, folder) == 0 else {
        throw errno == ENOTEMPTY || errno == EEXIST
          ? BackupError.occupied(path: folder) : StorageError.system(errno, path: folder)
      }
      try DurableFiles.syncFolder(parent)
      return summary
    } catch {
      try? FileManager.default.removeItem(atPath: building)
      throw error
    }
  }

  private func unpack(to folder: String, all: Bool, knownSchema: Int) throws -> BackupSummary {
    var sink = FolderSink(folder: folder)
    var found = Contents()
    try reader.forEachFile(
      begin: { name, kind, size in
        found.begin(name, kind, size)
        if found.keeps(all: all) { try sink.begin(name, size: size) }
      },
      piece: { bytes in
        found.append(bytes)
        if found.keeps(all: all) { try sink.append(bytes) }
      },
      end: {
        if let complaint = found.end() { throw reader.unusable(complaint) }
        if found.keeps(all: all) { try sink.end() }
      })
    let manifest = try found.manifest(reader)
    try checkDatabase(folder + "/" + BackupManifest.database, manifest, pictures: found, knownSchema: knownSchema)
    return BackupSummary(
      files: manifest.files.count + manifest.pictures + 1, bytes: found.bytes,
      missingPictures: manifest.missingPictures.count)
  }

  private func checkDatabase(
    _ path: String, _ manifest: BackupManifest, pictures found: Contents, knownSchema: Int
  ) throws {
    let database: DatabaseCopy
    do { database = try DatabaseCopy(path: path, readOnly: true) } catch { throw reader.unusable("\(error)") }
    defer { database.close() }
    try database.read { connection in
      let schema = try connection.schemaVersion()
      guard schema <= knownSchema else {
        throw reader.unusable("it was made by a newer Winnow (schema \(schema); this one knows \(knownSchema))")
      }
      let complaints = try connection.integrityComplaints()
      guard complaints.isEmpty else { throw reader.unusable(complaints.joined(separator: "; ")) }
      var wanted = Digest()
      let missing = Set(manifest.missingPictures)
      try connection.forEachPicture { if !missing.contains($0) { wanted.update($0.utf8) } }
      guard wanted.hexadecimal() == found.pictures.hexadecimal() else {
        throw reader.unusable("its pictures are not those that its items show")
      }
    }
  }
}

/// What has been read of a backup, and the sums of it.
private struct Contents {
  private var kind = BackupName.manifest
  private var name = ""
  private var size = 0
  private var digest = Digest()
  private var manifestBytes: [UInt8] = []
  private var sums: [String: (bytes: Int, sha256: String)] = [:]
  private var lastPicture = ""
  private var pictureCount = 0
  private(set) var bytes = 0
  /// Over the names of all pictures in their order.
  private(set) var pictures = Digest()

  mutating func begin(_ name: String, _ kind: BackupName, _ size: Int) {
    (self.name, self.kind, self.size) = (name, kind, size)
    digest = Digest()
    bytes += size
  }

  /// Whether the present file is to be written: all of them, or what the check of the database needs.
  func keeps(all: Bool) -> Bool { kind != .manifest && (all || kind == .database) }

  mutating func append(_ piece: [UInt8]) {
    // A manifest lists some files; one of this length is none.
    if kind == .manifest, manifestBytes.count < 256 << 20 { manifestBytes += piece }
    digest.update(piece)
  }

  /// - Returns: what is wrong with the file that ends here.
  mutating func end() -> String? {
    switch kind {
    case .manifest: return nil
    case .picture(let hash):
      guard digest.hexadecimal() == hash else { return "“\(name)” is damaged" }
      guard hash > lastPicture else { return "“\(name)” is not where it belongs" }
      lastPicture = hash
      pictures.update(hash.utf8)
      pictureCount += 1
    case .database, .derived:
      guard sums.updateValue((size, digest.hexadecimal()), forKey: name) == nil else {
        return "“\(name)” is there twice"
      }
    }
    return nil
  }

  /// The manifest, once everything is as it says.
  func manifest(_ reader: BackupReader) throws -> BackupManifest {
    guard !manifestBytes.isEmpty,
      let manifest = try? JSONDecoder().decode(BackupManifest.self, from: Data(manifestBytes))
    else { throw reader.unusable("it has no \(BackupManifest.name), so it was never finished") }
    guard manifest.format == BackupManifest.format else {
      throw reader.unusable("its layout is \(manifest.format); this Winnow knows \(BackupManifest.format)")
    }
    guard manifest.files.contains(where: { $0.name == BackupManifest.database }) else {
      throw reader.unusable("it lists no database")
    }
    var left = sums
    for file in manifest.files {
      guard let found = left.removeValue(forKey: file.name) else { throw reader.unusable("“\(file.name)” is missing") }
      guard found.bytes == file.bytes, found.sha256 == file.sha256 else {
        throw reader.unusable("“\(file.name)” is damaged")
      }
    }
    if let other = left.keys.sorted().first { throw reader.unusable("“\(other)” is in it and not in its manifest") }
    guard manifest.pictures == pictureCount else {
      throw reader.unusable("it has \(pictureCount) pictures where its manifest says \(manifest.pictures)")
    }
    return manifest
  }
}
