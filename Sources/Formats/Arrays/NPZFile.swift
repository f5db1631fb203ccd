/// NumPy's archives of arrays (`numpy.savez`): a zip file of `.npy` files.
public enum NPZFile {
  /// Reads all arrays by name.
  ///
  /// - Throws: ``ArchiveError`` where the file is no zip, ``ArrayFileError`` for an array that can't be read.
  /// - Complexity: O(bytes); all arrays are held.
  public static func read(path: String, limits: ArchiveLimits = ArchiveLimits(entries: 64, entryBytes: 4 << 30))
    throws -> [String: NPYArray]
  {
    var archive = try ArchiveReader(path: path, limits: limits)
    var arrays: [String: NPYArray] = [:]
    while let entry = try archive.next() {
      guard entry.fileExtension == "npy", let path = entry.path else { continue }
      switch try archive.content() {
      case .bytes(let bytes): arrays[String(path.dropLast(4))] = try NPYArray(decoding: bytes, name: path)
      case .tooLong(let limit): throw ArrayFileError(name: path, reason: "it is longer than \(limit) bytes")
      case .encrypted: throw ArrayFileError(name: path, reason: "it is encrypted")
      case .damaged(let message): throw ArrayFileError(name: path, reason: "it is damaged: \(message)")
      }
    }
    return arrays
  }
}
