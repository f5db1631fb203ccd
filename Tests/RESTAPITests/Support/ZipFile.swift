/// A zip file of uncompressed entries, written by the format's description (APPNOTE 6.3).
enum ZipFile {
  static func bytes(_ entries: [(name: String, content: [UInt8])], encrypted: Set<String> = []) -> [UInt8] {
    var (files, directory) = ([UInt8](), [UInt8]())
    for (name, content) in entries {
      let size = number(content.count, 4)
      let common =
        number(20, 2) + number(encrypted.contains(name) ? 1 : 0, 2) + number(0, 4) + number(0x21, 2)
        + number(checksum(content), 4) + size + size + number(name.utf8.count, 2) + number(0, 2)
      directory += [0x50, 0x4B, 1, 2] + number(3 << 8 | 20, 2) + common + number(0, 6)
      directory += number(0o100644 << 16, 4) + number(files.count, 4) + Array(name.utf8)
      files += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + content
    }
    let count = number(entries.count, 2)
    return files + directory + [0x50, 0x4B, 5, 6] + number(0, 4) + count + count + number(directory.count, 4)
      + number(files.count, 4) + number(0, 2)
  }

  private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// CRC-32 as of ISO 3309.
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var state: UInt32 = .max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    return Int(~state)
  }
}
