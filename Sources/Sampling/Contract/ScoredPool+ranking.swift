public import Tensors

/// An order among equals: a hash of the row under a key drawn once per selection.
///
/// Hashing rather than shuffling makes the order independent of how the candidates are listed, and costs nothing for rows that
/// nobody compares.
struct TieBreaker {
  private let key: UInt64

  init(using generator: inout SeededGenerator) { key = generator.next() }

  /// The place of a row among its equals; lower comes first. (The finaliser of SplitMix64.)
  func order(of row: Int) -> UInt64 {
    var mixed = (UInt64(bitPattern: Int64(row)) &+ 1) &* 0x9E37_79B9_7F4A_7C15 ^ key
    mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed &>> 31)
  }

  /// The first `count` of some positions by `order(of:)`, in no particular order.
  ///
  /// Orders are uniform over 64 bits, so a threshold a little above `count / positions` keeps few more than are needed.
  /// - Complexity: O(positions) expected.
  func first(_ count: Int, of positions: [Int], rows: [Int]) -> [Int] {
    if count >= positions.count { return positions }
    let wanted = Double(count)
    let share = (wanted + 6 * wanted.squareRoot() + 32) / Double(positions.count)
    let threshold = share >= 1 ? UInt64.max : UInt64(share * 0x1p64)
    var kept = positions.filter { order(of: rows[$0]) <= threshold }
    if kept.count < count { kept = positions }
    kept.sort { (order(of: rows[$0]), rows[$0]) < (order(of: rows[$1]), rows[$1]) }
    return Array(kept.prefix(count))
  }
}

extension ScoredPool {
  /// The candidates with the highest utilities, best first: the tail of a queue behind a batch chosen otherwise.
  ///
  /// Ties are broken by the generator, then by row. Without utilities all candidates tie, which makes this a uniform draw.
  /// - Parameters:
  ///   - count: how many; more than there are gives all.
  ///   - excluded: rows that are taken already.
  ///   - generator: draws the key of the tie breaks.
  /// - Complexity: O(n + k log k), for `k` = `count` + excluded.
  public func ranked(
    _ count: Int, excluding excluded: Set<Int> = [], using generator: inout SeededGenerator
  ) -> [Ranked] {
    let ties = TieBreaker(using: &generator)
    let positions = positions(min(count, rows.count) + excluded.count, ties: ties)
    let open = excluded.isEmpty ? positions : positions.filter { !excluded.contains(rows[$0]) }
    return open.prefix(max(0, count)).map { Ranked(row: rows[$0], utility: utility(at: $0)) }
  }

  /// Positions in `rows` of the highest utilities, best first.
  func positions(_ count: Int, ties: TieBreaker) -> [Int] {
    let count = min(count, rows.count)
    guard count > 0 else { return [] }
    var chosen: [Int]
    if utilities.isEmpty {
      chosen = ties.first(count, of: Array(rows.indices), rows: rows)
    } else if count == rows.count {
      chosen = Array(rows.indices)
    } else {
      let top = topK(utilities, k: count)
      let lowest = top.lazy.map { utilities[$0] }.min() ?? 0
      chosen = top.filter { utilities[$0] > lowest }
      let equals = utilities.indices.filter { utilities[$0] == lowest }
      chosen += ties.first(count - chosen.count, of: equals, rows: rows)
    }
    let keyed = chosen.map { (position: $0, utility: utility(at: $0), order: ties.order(of: rows[$0])) }
    return keyed.sorted { left, right in
      if left.utility != right.utility { return left.utility > right.utility }
      if left.order != right.order { return left.order < right.order }
      return rows[left.position] < rows[right.position]
    }.map(\.position)
  }
}
