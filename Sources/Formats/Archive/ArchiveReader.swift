internal import CWinnowArchive
internal import Glibc

/// Reads the files of a zip file one after another, without unpacking anything to disk.
///
/// ```swift
/// while let entry = try reader.next() {
///   if entry.fileExtension == "png" { use(entry, try reader.content()) }
/// }
/// ```
/// Folders, links, hidden files and what macOS adds are passed over. A content that isn't asked for is not unpacked.
/// Memory: one content, and the directory (see ``ArchiveLimits``). Reading blocks on the disk.
public struct ArchiveReader: ~Copyable, @unchecked Sendable {
  // Sendable: libarchive's reader has one owner, since the type can't be copied, and is touched in mutating methods only.

  private let zip: OpaquePointer
  private let descriptor: Int32
  private let limits: ArchiveLimits
  /// Bytes that all contents together may have.
  private let totalBytes: Int
  private var entry: ArchiveEntry?
  private var entries = 0
  private var produced = 0
  private var ended: Bool

  /// Opens a zip file.
  ///
  /// - Throws: ``FileError`` where the file can't be opened, otherwise ``ArchiveError``.
  public init(path: String, limits: ArchiveLimits = ArchiveLimits()) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: .open, path: path, code: errno) }
    try self.init(owned: descriptor, name: path, limits: limits)
  }

  /// Reads a zip file that is open already; the descriptor given stays the caller's, and is not to be read meanwhile.
  ///
  /// - Throws: ``FileError`` where the descriptor can't be used, otherwise ``ArchiveError``.
  public init(descriptor: Int32, limits: ArchiveLimits = ArchiveLimits()) throws {
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw FileError(operation: .open, path: "the zip file", code: errno) }
    try self.init(owned: own, name: "the zip file", limits: limits)
  }

  private init(owned descriptor: Int32, name: String, limits: ArchiveLimits) throws {
    do {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw FileError(operation: .read, path: name, code: errno) }
      // A pipe can't be sought in, and a folder has no bytes.
      guard status.st_mode & S_IFMT == S_IFREG else { throw ArchiveError.notAnArchive }
      let directory = try ArchiveDirectory(descriptor: descriptor)
      guard directory.bytes <= limits.directoryBytes else { throw ArchiveError.tooManyEntries(limit: limits.entries) }
      lseek(descriptor, 0, SEEK_SET)
      guard let zip = winnow_zip_new() else { throw ArchiveError.outOfMemory }
      // libarchive doesn't know a file of no entries for what it is.
      if !directory.isEmpty, winnow_zip_open(zip, descriptor) != winnow_zip_ok {
        let message = Self.message(of: zip)
        winnow_zip_free(zip)
        throw ArchiveError.corrupt(entry: 0, message: message)
      }
      self.zip = zip
      self.descriptor = descriptor
      self.limits = limits
      totalBytes = limits.totalBytes(from: Int(status.st_size))
      ended = directory.isEmpty
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    winnow_zip_free(zip)
    close(descriptor)
  }

  /// The next file, in the order in which the archive holds them, or nil after the last.
  ///
  /// - Throws: ``ArchiveError``; nothing can be read after that.
  public mutating func next() throws(ArchiveError) -> ArchiveEntry? {
    entry = nil
    while !ended {
      var found: OpaquePointer?
      let status = winnow_zip_next(zip, &found)
      // A warning is about a time or a name, which shows below.
      guard status == winnow_zip_ok, let found else {
        ended = true
        if status == winnow_zip_end { return nil }
        throw .corrupt(entry: entries, message: Self.message(of: zip))
      }
      entries += 1
      if entries > limits.entries {
        ended = true
        throw .tooManyEntries(limit: limits.entries)
      }
      guard winnow_zip_is_file(found) != 0 else { continue }
      let name = winnow_zip_name(found).map {
        ArchiveName.decode(Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))))
      }
      if let name, ArchiveEntry.isLitter(name) { continue }
      entry = ArchiveEntry(
        path: name.flatMap(ArchiveEntry.path(of:)), name: name ?? "", isEncrypted: winnow_zip_is_encrypted(found) != 0)
      return entry
    }
    return nil
  }

  /// What the file that ``next()`` returned last holds; to be asked once.
  ///
  /// - Throws: ``ArchiveError/tooLong(maxBytes:)`` where all contents together are too long; nothing can be read after
  ///   that. What is wrong with this one content is returned.
  public mutating func content() throws(ArchiveError) -> ArchiveContent {
    guard let entry, !ended else { preconditionFailure("there is no entry to read") }
    self.entry = nil
    if entry.isEncrypted { return .encrypted }
    var content: [UInt8] = []
    while true {
      let before = content.count
      var read = 0
      let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
        read = winnow_zip_read(zip, buffer.baseAddress, UInt(buffer.count))
        count = max(0, read)
      }
      if read < 0 { return .damaged(message: Self.message(of: zip)) }
      if read == 0 { return .bytes(content) }
      produced += read
      if produced > totalBytes {
        ended = true
        throw .tooLong(maxBytes: totalBytes)
      }
      if before + read > limits.entryBytes { return .tooLong(maxBytes: limits.entryBytes) }
      content += piece
    }
  }

  private static func message(of zip: OpaquePointer) -> String {
    winnow_zip_message(zip).map { String(cString: $0) } ?? "unknown error"
  }
}
