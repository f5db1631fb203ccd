/// Drops the UTF-8 byte order mark at the start of a stream, even where a chunk ends inside it.
struct ByteOrderMark: Sendable {
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private var matched = 0
  private var done = false

  /// The chunk without the mark; bytes that may still turn out to be its beginning are held back.
  mutating func strip(_ chunk: [UInt8]) -> [UInt8] {
    if done { return chunk }
    for (index, byte) in chunk.enumerated() {
      if byte != Self.mark[matched] {
        done = true
        return Array(Self.mark[..<matched]) + chunk[index...]
      }
      matched += 1
      if matched == Self.mark.count {
        done = true
        return Array(chunk[(index + 1)...])
      }
    }
    return []
  }

  /// The bytes held back, where the stream ends inside what could have been the mark.
  mutating func finish() -> [UInt8] {
    if done { return [] }
    done = true
    return Array(Self.mark[..<matched])
  }
}
