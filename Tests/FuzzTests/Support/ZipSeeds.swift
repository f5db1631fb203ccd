/// Zip files by the format's description (APPNOTE 6.3): stored, deflated, of long numbers, empty.
enum ZipSeeds {
  static func all(gzip: ([UInt8]) -> [UInt8]) -> [[UInt8]] {
    let text = Array(String(repeating: "text ", count: 100).utf8)
    let packed = gzip(text)
    let deflated = Array(packed[10..<(packed.count - 8)])
    let checksum = Array(packed[(packed.count - 8)..<(packed.count - 4)])
    let zeros = gzip([UInt8](repeating: 0, count: 150_000))
    return [
      file([("a/b.png", 0, [1, 2, 3], 3, [0x1D, 0x80, 0xBC, 0x55])]),
      file([
        ("a.png", 8, deflated, text.count, checksum), ("b/", 0, [], 0, [0, 0, 0, 0]),
        ("ü.jpg", 8, deflated, text.count, checksum),
      ]),
      file([
        (
          "bomb.png", 8, Array(zeros[10..<(zeros.count - 8)]), 150_000,
          Array(zeros[(zeros.count - 8)..<(zeros.count - 4)])
        )
      ]),
      file([]), file([("../x", 0, [], 0, [0, 0, 0, 0]), ("/abs", 0, [], 0, [0, 0, 0, 0])]),
      file((0..<25).map { ("\($0)", 0, [], 0, [0, 0, 0, 0]) }),
    ]
  }

  private static func file(_ entries: [(name: String, method: Int, stored: [UInt8], size: Int, checksum: [UInt8])])
    -> [UInt8]
  {
    var (files, directory) = ([UInt8](), [UInt8]())
    for entry in entries {
      let common =
        number(20, 2) + number(1 << 11, 2) + number(entry.method, 2) + number(0, 2) + number(0x21, 2) + entry.checksum
        + number(entry.stored.count, 4) + number(entry.size, 4) + number(entry.name.utf8.count, 2) + number(0, 2)
      directory += [0x50, 0x4B, 1, 2] + number(3 << 8 | 20, 2) + common + number(0, 6)
      directory += number(0o100644 << 16, 4) + number(files.count, 4) + Array(entry.name.utf8)
      files += [0x50, 0x4B, 3, 4] + common + Array(entry.name.utf8) + entry.stored
    }
    return files + directory + [0x50, 0x4B, 5, 6] + number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
      + number(directory.count, 4) + number(files.count, 4) + number(0, 2)
  }

  private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
