import Domain

/// The order in which a round wants its items asked, and how far it has been served.
struct Ranking {
  /// The round that made it; `nil` before the first.
  var round: Int?
  /// The strategy that made it.
  var strategy = "random"
  /// Rows and their utilities, best first.
  var entries: [(row: Int, utility: Float)] = []
  /// The first entry that has not been passed.
  var cursor = 0

  /// Why the entry at a position was asked.
  func provenance(at position: Int) -> Provenance {
    Provenance(
      strategy: strategy, round: round, rank: position + 1, utility: Double(entries[position].utility))
  }
}

/// Items that were given back, oldest first.
struct ReturnedRows {
  private var entries: [(row: Int, provenance: Provenance)] = []
  /// Entries before this one have been taken or have closed.
  private var head = 0

  mutating func append(_ row: Int, _ provenance: Provenance) { entries.append((row, provenance)) }

  /// Takes out the oldest item that is wanted, and forgets those in front that are no longer live.
  ///
  /// - Complexity: amortised O(1) plus the live items that are not wanted.
  mutating func take(isLive: (Int) -> Bool, isWanted: (Int) -> Bool) -> Choice? {
    while head < entries.count, !isLive(entries[head].row) { head += 1 }
    defer {
      if head > 64, head > entries.count / 2 {
        entries.removeFirst(head)
        head = 0
      }
    }
    guard let index = entries[head...].firstIndex(where: { isWanted($0.row) }) else { return nil }
    let entry = entries[index]
    if index == head { head += 1 } else { entries.remove(at: index) }
    return Choice(row: entry.row, provenance: entry.provenance)
  }

  /// Forgets items that a new ranking speaks about.
  mutating func removeAll(where isObsolete: (_ row: Int, _ provenance: Provenance) -> Bool) {
    entries = entries[head...].filter { !isObsolete($0.row, $0.provenance) }
    head = 0
  }
}

/// Draws rows of the evaluation reserve uniformly, each at most once.
struct EvaluationReserve {
  private var rows: [Int]

  init(rows: [Int]) { self.rows = rows }

  var count: Int { rows.count }

  mutating func append(_ row: Int) { rows.append(row) }

  /// Takes a row out at random.
  mutating func draw(using generator: inout some RandomNumberGenerator) -> Int? {
    guard !rows.isEmpty else { return nil }
    rows.swapAt(Int.random(in: 0..<rows.count, using: &generator), rows.count - 1)
    return rows.removeLast()
  }
}
