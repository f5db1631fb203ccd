import Consensus
import Domain
import Storage

/// What stands about the items of a project: opinions, flags, and what was settled by hand.
struct OpinionTable: Sendable {
  /// An item that somebody said something about.
  struct Entry: Sendable {
    /// Its row in the pool.
    let row: Int
    /// Whether it belongs to the evaluation reserve.
    let isReserved: Bool
    /// Whether it was flagged as unfit.
    var isFlagged = false
    /// The labels that were settled by hand, as indices in ascending order.
    var settled: [Int]?
    /// Opinions that are labels: their places in `said`.
    var opinions: Range<Int> = 0..<0
  }

  /// The items in the order of their rows.
  private(set) var items: [Entry] = []
  /// The annotators in the order of their identifiers.
  let annotators: [UserID]
  /// The opinions that are labels, item by item, each item's by age.
  private(set) var said: [SetOpinions.Opinion] = []
  /// Number of labels.
  let labels: Int

  /// Reads what stands.
  ///
  /// - Complexity: O(standing annotations).
  init(project: Project, connection: Connection) throws {
    let place = Dictionary(uniqueKeysWithValues: project.labels.enumerated().map { ($0.element.id, $0.offset) })
    labels = project.labels.count
    var rows: [(entry: Entry, opinions: [(annotator: UserID, labels: [Int])])] = []
    try connection.forEachOpinion(in: project.id) { row, reserved, annotator, outcome, labels in
      if rows.last?.entry.row != row { rows.append((Entry(row: row, isReserved: reserved), [])) }
      let last = rows.count - 1
      switch outcome {
      case .flag: rows[last].entry.isFlagged = true
      case .skip: break
      case .label:
        // Should one annotator have two, the newer counts.
        rows[last].opinions.removeAll { $0.annotator == annotator }
        rows[last].opinions.append((annotator, labels.compactMap { place[$0] }))
      }
    }
    var known = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.entry.row, $0) })
    for settled in try connection.standingAdjudications(of: project.id) {
      let index = known[settled.row] ?? rows.count
      if index == rows.count {
        rows.append((Entry(row: settled.row, isReserved: settled.evaluation), []))
        known[settled.row] = index
      }
      rows[index].entry.settled = settled.labels.compactMap { place[$0] }.sorted()
    }
    rows.sort { $0.entry.row < $1.entry.row }
    annotators = Set(rows.flatMap { $0.opinions.map(\.annotator) }).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: annotators.enumerated().map { ($1, $0) })
    for (item, row) in rows.enumerated() {
      let start = said.count
      for opinion in row.opinions {
        said.append(.init(item: item, annotator: numbers[opinion.annotator] ?? 0, labels: opinion.labels))
      }
      var entry = row.entry
      entry.opinions = start..<said.count
      items.append(entry)
    }
  }

  /// The opinions where each is exactly one label.
  func single() throws -> Opinions {
    try Opinions(
      said.compactMap { opinion in
        opinion.labels.first.map { .init(item: opinion.item, annotator: opinion.annotator, label: $0) }
      }, items: items.count, annotators: annotators.count, classes: labels)
  }

  /// The opinions where each is a set of labels.
  func sets() throws -> SetOpinions {
    try SetOpinions(said, items: items.count, annotators: annotators.count, labels: labels)
  }

  /// Items with opinions of several annotators.
  var several: Int { items.count { $0.opinions.count > 1 } }

  /// Whether an item has different opinions.
  func isDisputed(_ item: Int) -> Bool {
    let opinions = said[items[item].opinions]
    guard let first = opinions.first else { return false }
    return opinions.contains { $0.labels != first.labels }
  }

  /// The item at a row of the pool; `nil` where nobody said anything about it.
  ///
  /// - Complexity: O(log items).
  func index(ofRow row: Int) -> Int? {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle].row < row { low = middle + 1 } else { high = middle }
    }
    return low < items.count && items[low].row == row ? low : nil
  }
}
