/// A set of rows in order, which finds the first member from a row on in a few steps, however many rows there are.
///
/// A bit a row, a bit for each word of those that is not empty, and so on: a tree of 64 children a node.
struct RowIndex {
  /// Five levels reach 2³⁰ rows; the highest has one word then.
  private static let depth = 5
  private var levels: [[UInt64]] = Array(repeating: [], count: depth)
  /// Members.
  private(set) var count = 0

  init(_ rows: some Sequence<Int> = []) {
    for row in rows { insert(row) }
  }

  func contains(_ row: Int) -> Bool {
    let word = row >> 6
    return word < levels[0].count && levels[0][word] & (1 << UInt64(row & 63)) != 0
  }

  /// Adds a row.
  ///
  /// - Returns: whether it was missing.
  /// - Complexity: amortised O(1).
  @discardableResult
  mutating func insert(_ row: Int) -> Bool {
    guard !contains(row) else { return false }
    count += 1
    var position = row
    for level in levels.indices {
      let word = position >> 6
      while levels[level].count <= word { levels[level].append(0) }
      let wasEmpty = levels[level][word] == 0
      levels[level][word] |= 1 << UInt64(position & 63)
      // Where the word had members, those above know of it.
      guard wasEmpty else { break }
      position = word
    }
    return true
  }

  /// Takes a row out.
  ///
  /// - Returns: whether it was there.
  /// - Complexity: O(1): five steps at most.
  @discardableResult
  mutating func remove(_ row: Int) -> Bool {
    guard contains(row) else { return false }
    count -= 1
    var position = row
    for level in levels.indices {
      let word = position >> 6
      levels[level][word] &= ~(1 << UInt64(position & 63))
      guard levels[level][word] == 0 else { break }
      position = word
    }
    return true
  }

  /// The first member from a row on.
  ///
  /// - Complexity: O(log₆₄ rows): ten steps at most.
  func first(from row: Int) -> Int? {
    var position = row
    for level in levels.indices {
      let word = position >> 6
      guard word < levels[level].count else { return nil }
      let rest = levels[level][word] & (~0 << UInt64(position & 63))
      if rest != 0 {
        position = word << 6 | rest.trailingZeroBitCount
        for below in levels[..<level].reversed() { position = position << 6 | below[position].trailingZeroBitCount }
        return position
      }
      position = word + 1
    }
    return nil
  }

  /// The first member of a range that is in no other set and accepted.
  ///
  /// - Parameters:
  ///   - isAccepted: asked about members that `others` lacks.
  ///   - steps: grows by one for each word and each row that was looked at.
  /// - Complexity: O(1) where `others` lacks the first member; else a step for each 64 members that it has.
  func first(
    in range: Range<Int>, notIn others: RowSet?, steps: inout Int, where isAccepted: (Int) -> Bool
  ) -> Int? {
    var row = range.lowerBound
    while row < range.upperBound, let next = first(from: row) {
      let word = next >> 6
      var bits = levels[0][word] & (~0 << UInt64(next & 63))
      if let others { bits &= ~others.word(word) }
      steps += 1
      while bits != 0 {
        let found = word << 6 | bits.trailingZeroBitCount
        guard found < range.upperBound else { return nil }
        if isAccepted(found) { return found }
        bits &= bits - 1
        steps += 1
      }
      row = (word + 1) << 6
    }
    return nil
  }

  /// All members in order.
  var rows: [Int] {
    var found: [Int] = []
    found.reserveCapacity(count)
    var row = 0
    while let next = first(from: row) {
      found.append(next)
      row = next + 1
    }
    return found
  }
}
