/// Rows that somebody has an opinion on, in little memory: about two bytes a row where they are few, a bit where they are many.
///
/// Each 65,536 rows have a chunk: a sorted list of their low halves, or a bit each once that is smaller.
/// Source: Chambi, Lemire, Kaser and Godin, "Better bitmap performance with Roaring bitmaps", 2016.
struct RowSet: Equatable, Sendable {
  private struct Chunk: Equatable, Sendable {
    /// In ascending order; empty where `bits` holds the rows.
    var list: [UInt16] = []
    /// 1024 words, or none.
    var bits: [UInt64] = []

    /// The place of a row in the list, or where it belongs.
    func place(of low: UInt16) -> Int {
      var (lower, upper) = (0, list.count)
      while lower < upper {
        let middle = (lower + upper) / 2
        if list[middle] < low { lower = middle + 1 } else { upper = middle }
      }
      return lower
    }

    func contains(_ low: UInt16) -> Bool {
      guard bits.isEmpty else { return bits[Int(low >> 6)] & (1 << UInt64(low & 63)) != 0 }
      let place = place(of: low)
      return place < list.count && list[place] == low
    }

    mutating func insert(_ low: UInt16) {
      guard bits.isEmpty else { return bits[Int(low >> 6)] |= 1 << UInt64(low & 63) }
      list.insert(low, at: place(of: low))
      guard list.count > RowSet.listLimit else { return }
      bits = Array(repeating: 0, count: 1024)
      for low in list { bits[Int(low >> 6)] |= 1 << UInt64(low & 63) }
      list = []
    }

    mutating func remove(_ low: UInt16) {
      if bits.isEmpty { list.remove(at: place(of: low)) } else { bits[Int(low >> 6)] &= ~(1 << UInt64(low & 63)) }
    }

    func word(_ number: Int) -> UInt64 {
      guard bits.isEmpty else { return bits[number] }
      var word: UInt64 = 0
      for low in list[place(of: UInt16(number << 6))...] {
        guard Int(low >> 6) == number else { break }
        word |= 1 << UInt64(low & 63)
      }
      return word
    }
  }

  /// Rows in a list, above which bits take no more memory.
  fileprivate static let listLimit = 4096
  private var chunks: [Chunk] = []
  /// Members.
  private(set) var count = 0

  init(_ rows: some Sequence<Int> = []) {
    for row in rows { insert(row) }
  }

  var isEmpty: Bool { count == 0 }

  /// - Complexity: O(1): a dozen steps at most.
  func contains(_ row: Int) -> Bool {
    row >> 16 < chunks.count && chunks[row >> 16].contains(UInt16(truncatingIfNeeded: row))
  }

  /// Adds a row.
  ///
  /// - Returns: whether it was missing.
  /// - Complexity: O(1): it moves 8 KiB at most.
  @discardableResult
  mutating func insert(_ row: Int) -> Bool {
    guard !contains(row) else { return false }
    while chunks.count <= row >> 16 { chunks.append(Chunk()) }
    chunks[row >> 16].insert(UInt16(truncatingIfNeeded: row))
    count += 1
    return true
  }

  /// Takes a row out.
  ///
  /// - Returns: whether it was there.
  @discardableResult
  mutating func remove(_ row: Int) -> Bool {
    guard contains(row) else { return false }
    chunks[row >> 16].remove(UInt16(truncatingIfNeeded: row))
    count -= 1
    return true
  }

  /// The members among rows `64 · number` to `64 · number + 63`, as bits.
  func word(_ number: Int) -> UInt64 {
    number >> 10 < chunks.count ? chunks[number >> 10].word(number & 1023) : 0
  }

  /// All members in order.
  var rows: [Int] {
    chunks.indices.flatMap { chunk in
      (0..<1024).flatMap { number -> [Int] in
        let word = chunks[chunk].word(number)
        return word == 0 ? [] : (0..<64).filter { word & (1 << UInt64($0)) != 0 }.map { chunk << 16 | number << 6 | $0 }
      }
    }
  }

  /// Bytes that the members take.
  var bytes: Int { chunks.reduce(0) { $0 + 2 * $1.list.capacity + 8 * $1.bits.capacity } }
}
