/// Headers of tar files in the ustar form: regular files only.
enum TarFile {
  static let blockBytes = 512
  /// Two empty blocks end a file.
  static let end = [UInt8](repeating: 0, count: 2 * blockBytes)

  /// What follows a file's bytes so that the next header begins a block.
  static func padding(after size: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: (blockBytes - size % blockBytes) % blockBytes)
  }

  /// The header of a file for its owner alone.
  ///
  /// - Parameters:
  ///   - name: at most 100 bytes.
  ///   - time: seconds since 1970.
  static func header(name: String, size: Int, time: Int) -> [UInt8] {
    precondition(name.utf8.count <= 100, "names of a backup are short")
    var block = [UInt8](repeating: 0, count: blockBytes)
    func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
      for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
    }
    func octal(_ value: Int, digits: Int) -> [UInt8] {
      let text = String(value, radix: 8)
      return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }
    put(name.utf8, at: 0)
    put(octal(0o600, digits: 7), at: 100)
    put(octal(0, digits: 7), at: 108)
    put(octal(0, digits: 7), at: 116)
    if size < 1 << 33 {
      put(octal(size, digits: 11), at: 124)
    } else {
      // GNU's form for what eleven octal digits cannot say: a set bit, then the number with its highest byte first.
      put([0x80, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }, at: 124)
    }
    put(octal(time, digits: 11), at: 136)
    put([UInt8](repeating: 0x20, count: 8), at: 148)
    block[156] = UInt8(ascii: "0")
    put("ustar".utf8, at: 257)
    put("00".utf8, at: 263)
    put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + [0, 0x20], at: 148)
    return block
  }

  /// What a header says.
  enum Entry: Equatable {
    case file(name: String, size: Int)
    /// A folder, or a comment of the program that packed it: nothing to keep.
    case other(size: Int)
    case end
  }

  /// Reads a header.
  ///
  /// - Returns: `nil` where it is none.
  static func parse(_ block: [UInt8]) -> Entry? {
    guard block.count == blockBytes else { return nil }
    if block.allSatisfy({ $0 == 0 }) { return .end }
    func text(_ range: Range<Int>) -> String {
      String(decoding: block[range].prefix { $0 != 0 && $0 != 0x20 }, as: UTF8.self)
    }
    let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(block[$1])) }
    guard Int(text(148..<156), radix: 8) == sum else { return nil }
    var size = 0
    if block[124] & 0x80 != 0 {
      guard block[124] == 0x80, block[125..<129].allSatisfy({ $0 == 0 }) else { return nil }
      size = block[128..<136].reduce(0) { $0 << 8 | Int($1) }
    } else {
      guard let octal = Int(text(124..<136), radix: 8) else { return nil }
      size = octal
    }
    guard size >= 0 else { return nil }
    let prefix = text(345..<500)
    var name = (prefix.isEmpty ? "" : prefix + "/") + text(0..<100)
    if name.hasPrefix("./") { name.removeFirst(2) }
    return switch block[156] {
    case UInt8(ascii: "0"), 0: .file(name: name, size: size)
    default: .other(size: size)
    }
  }
}
