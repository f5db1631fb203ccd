/// A zip file as a test wants it, odd ones too, written by the format's description (APPNOTE 6.3).
struct ZipFixture {
  private(set) var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Adds an entry.
  ///
  /// - Parameters:
  ///   - utf8: whether the name is said to be UTF-8.
  ///   - mode: the file's type and rights as Unix has them.
  mutating func add(
    _ name: [UInt8], _ content: [UInt8], deflated: Bool = false, encrypted: Bool = false, utf8: Bool = false,
    mode: UInt32 = 0o100644, method: UInt16? = nil
  ) {
    // A gzip member is a header of 10 bytes, the same compressed bytes as in a zip file, and 8 of checks.
    let packed = gzip(content)
    let stored = deflated ? Array(packed[10..<(packed.count - 8)]) : content
    var common = two(20) + two((encrypted ? 1 : 0) | (utf8 ? 1 << 11 : 0)) + two(method ?? (deflated ? 8 : 0))
    common += two(0) + two(0x21) + Array(packed[(packed.count - 8)..<(packed.count - 4)])
    common += four(UInt32(stored.count)) + four(UInt32(content.count)) + two(UInt16(name.count)) + two(0)
    directory += [0x50, 0x4B, 1, 2] + two(3 << 8 | 20) + common + two(0) + two(0) + two(0)
    directory += four(mode << 16) + four(UInt32(bytes.count)) + name
    bytes += [0x50, 0x4B, 3, 4] + common + name + stored
    count += 1
  }

  mutating func add(_ name: String, _ content: [UInt8], deflated: Bool = false) {
    add(Array(name.utf8), content, deflated: deflated)
  }

  /// The file with its directory.
  var file: [UInt8] {
    let entries = two(UInt16(count))
    return bytes + directory + [0x50, 0x4B, 5, 6] + two(0) + two(0) + entries + entries
      + four(UInt32(directory.count)) + four(UInt32(bytes.count)) + two(0)
  }

  /// Changes a byte of what was added so far.
  mutating func damage(at position: Int) { bytes[position] ^= 0x55 }

  private func two(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
  private func four(_ value: UInt32) -> [UInt8] { two(UInt16(value & 0xFFFF)) + two(UInt16(value >> 16)) }
}
