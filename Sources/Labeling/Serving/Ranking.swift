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
