import Domain

/// Items in the order in which they were given back or begun, each once, with why they had been asked.
///
/// Each annotator passes an entry once: what is not theirs to answer now comes in again, at the end, when that changes.
struct ReturnedRows {
  private struct Entry {
    let row: Int
    let provenance: Provenance
    let number: Int
  }

  private var entries: [Entry] = []
  /// Entries before this one have been taken or have closed.
  private var head = 0
  /// The number of the entry of each row that counts; others of the same row are dead.
  private var newest: [Int: Int] = [:]
  private var nextNumber = 0
  /// The number of the first entry that an annotator has not passed.
  private var passed: [UserID: Int] = [:]
  /// Entries that were looked at.
  private(set) var steps = 0

  /// Rows that wait.
  var count: Int { newest.count }

  mutating func append(_ row: Int, _ provenance: Provenance) {
    entries.append(Entry(row: row, provenance: provenance, number: nextNumber))
    newest[row] = nextNumber
    nextNumber += 1
    if entries.count > 2 * newest.count + 64 { compact() }
  }

  /// Finds the oldest item that is wanted, and forgets those in front that are no longer live.
  ///
  /// - Parameters:
  ///   - annotator: for whom; begins where they stopped. Without one, at the beginning.
  ///   - keepsIt: whether the item stays for others.
  ///   - isLive: whether anybody may still want the item.
  /// - Complexity: amortised O(1): an annotator looks at each entry once.
  mutating func take(
    for annotator: UserID? = nil, keepsIt: Bool = false, isLive: (Int) -> Bool, isWanted: (Int) -> Bool
  ) -> Choice? {
    while head < entries.count, !isCounted(entries[head], isLive) { head += 1 }
    var index = max(head, annotator.flatMap { passed[$0] }.map(place) ?? head)
    while index < entries.count {
      let entry = entries[index]
      index += 1
      steps += 1
      guard isCounted(entry, isLive), isWanted(entry.row) else { continue }
      if let annotator { passed[annotator] = entry.number + 1 }
      if !keepsIt { newest[entry.row] = nil }
      if entries.count > 2 * newest.count + 64 { compact() }
      return Choice(row: entry.row, provenance: entry.provenance)
    }
    if let annotator { passed[annotator] = nextNumber }
    return nil
  }

  /// Forgets items, such as those that a new ranking speaks about.
  mutating func removeAll(where isObsolete: (_ row: Int, _ provenance: Provenance) -> Bool) {
    for entry in entries[head...] where newest[entry.row] == entry.number && isObsolete(entry.row, entry.provenance) {
      newest[entry.row] = nil
    }
    compact()
  }

  /// Lets everybody look at everything again.
  mutating func rewind() { passed = [:] }

  /// Whether an entry stands for its row; one whose row has closed does not any more.
  private mutating func isCounted(_ entry: Entry, _ isLive: (Int) -> Bool) -> Bool {
    guard newest[entry.row] == entry.number else { return false }
    if isLive(entry.row) { return true }
    newest[entry.row] = nil
    return false
  }

  /// The place of the first entry of that number or a later one.
  private func place(of number: Int) -> Int {
    var (lower, upper) = (head, entries.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if entries[middle].number < number { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  /// Removes dead entries; numbers stay, so nobody looks twice.
  private mutating func compact() {
    entries = entries[head...].filter { newest[$0.row] == $0.number }
    head = 0
  }
}
