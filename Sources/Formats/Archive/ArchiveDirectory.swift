internal import Glibc

/// Where a zip file's directory is, looked up before it is read, since reading it takes memory by its length.
struct ArchiveDirectory {
  /// From its first byte to the record that ends it.
  let bytes: Int
  /// Whether the file is nothing but the record that ends an empty directory.
  let isEmpty: Bool

  /// The record lies in the last bytes of the file, before a comment; readers look no further back than this.
  private static let tail = 16 << 10
  private static let recordBytes = 22

  /// Finds the directory by the record at the file's end.
  ///
  /// - Throws: ``ArchiveError/notAnArchive`` or ``ArchiveError/truncated``.
  init(descriptor: Int32) throws(ArchiveError) {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    let start = max(0, size - Self.tail)
    let end = Self.read(descriptor, at: start, count: size - start)
    let missing: ArchiveError =
      Self.read(descriptor, at: 0, count: 4) == [0x50, 0x4B, 3, 4] ? .truncated : .notAnArchive
    guard
      let record = stride(from: end.count - Self.recordBytes, through: 0, by: -1)
        .first(where: { end[$0...].starts(with: [0x50, 0x4B, 5, 6]) })
    else { throw missing }
    var offset = Self.number(end[(record + 16)..<(record + 20)])
    // ZIP64: a record before this one says where the longer one is, whose offset has 8 bytes.
    if record >= 20, end[(record - 20)...].starts(with: [0x50, 0x4B, 6, 7]) {
      let place = Self.number(end[(record - 12)..<(record - 4)])
      let longer = Self.read(descriptor, at: place, count: 56)
      if longer.count == 56, longer.starts(with: [0x50, 0x4B, 6, 6]) {
        offset = min(offset, Self.number(longer[48..<56]))
      }
    }
    guard offset <= start + record else { throw .truncated }
    bytes = start + record - offset
    isEmpty = size == Self.recordBytes && bytes == 0
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    Int(clamping: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, filled in
      filled = 0
      while filled < count {
        let size = pread(descriptor, buffer.baseAddress! + filled, count - filled, offset + filled)
        if size < 0 && errno == EINTR { continue }
        if size <= 0 { return }
        filled += size
      }
    }
  }
}
