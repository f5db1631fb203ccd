import Domain
import Storage
import Tensors

/// Labelled items of which one more opinion is wanted, most wanted first.
///
/// An item leaves the list when it is answered, not when it is leased: one that is given back is asked again by itself.
struct AgainRows {
  private(set) var entries: [(row: Int, utility: Double)]
  private var rows: Set<Int>

  init(_ entries: [(row: Int, utility: Double)] = []) {
    self.entries = entries
    rows = Set(entries.map(\.row))
  }

  func contains(_ row: Int) -> Bool { rows.contains(row) }

  mutating func remove(_ row: Int) {
    if rows.remove(row) != nil { entries.removeAll { $0.row == row } }
  }
}

extension Lease {
  /// Whether its item had all its opinions when it was given.
  var isAgain: Bool { provenance.strategy == AskAgain.strategy }
}

extension ServingBoard {
  /// How many more opinions a labelled item may get by asking.
  func opinionsToAsk(_ row: Int) -> Int {
    adjudicated.contains(row) ? 0 : max(0, project.settings.askAgain.maxOpinions - Int(pool.opinions[row]))
  }

  /// Whether an annotator may be asked about a labelled item: nobody else is at this moment, and they have not said
  /// anything about it.
  func isAskable(_ row: Int, again annotator: UserID) -> Bool {
    pool.contains(row) && pool.state(row) == .labelled && opinionsToAsk(row) > 0 && leaseCount[row] == nil
      && answered[annotator]?.contains(row) != true
  }

  /// The item of which one more opinion by this annotator is wanted most.
  ///
  /// - Complexity: O(items that wait to be asked again), of which there are few.
  func chooseAgain(for annotator: UserID) -> Choice? {
    guard project.settings.askAgain.enabled else { return nil }
    guard let rank = again.entries.firstIndex(where: { isAskable($0.row, again: annotator) }) else { return nil }
    let entry = again.entries[rank]
    return Choice(
      row: entry.row,
      provenance: Provenance(
        strategy: AskAgain.strategy, round: ranking.round, rank: rank + 1, utility: entry.utility,
        evaluation: pool.isReserved(entry.row)))
  }

  /// Takes note that somebody said something about an item that waits to be asked again.
  func answerAgain(row: Int, connection: Connection) throws {
    guard again.contains(row) else { return }
    again.remove(row)
    try connection.deleteAskAgain(row: row, of: project.id)
  }

  /// Replaces the items that wait to be asked again.
  func replaceAgain(with entries: [(row: Int, utility: Double)], connection: Connection) throws {
    let kept = entries.filter { pool.contains($0.row) }.prefix(AskAgain.limit).map { $0 }
    try connection.replaceAskAgain(of: project.id, with: kept)
    again = AgainRows(kept)
    somethingCameBack()
  }
}
