import Domain
import Tensors

/// An item that was chosen to be asked, and why.
struct Choice {
  let row: Int
  let provenance: Provenance
}

extension ServingBoard {
  /// Whether an annotator may be asked about an item now.
  ///
  /// - Parameter evenFiltered: whether what the outlier filter keeps out may be asked all the same.
  func isAvailable(_ row: Int, to annotator: UserID, evenFiltered: Bool = false) -> Bool {
    guard pool.contains(row) else { return false }
    guard pool.isOpen(row) || evenFiltered && pool.isFiltered(row) && flags[row, default: 0] == 0 else { return false }
    let leased = leaseCount[row, default: 0]
    guard leased + Int(pool.opinions[row]) + skips[row, default: 0] < project.settings.overlap else { return false }
    if answered[annotator]?.contains(row) == true { return false }
    return leased == 0 || !(leasesOf[annotator] ?? []).contains { leases[$0]?.row == row }
  }

  /// The best item to ask an annotator about; moves on past it.
  ///
  /// Order: items that lack further opinions, the evaluation stream when its turn has come, labelled items in doubt when
  /// theirs has, what a stream asked for, what others gave back, the ranking, anything open at random, the reserve, labelled
  /// items in doubt, and at last what others skipped.
  ///
  /// - Complexity: amortised O(1); O(pool) once the ranking and the luck of the draw have run out.
  func choose(for annotator: UserID) -> Choice? {
    if project.settings.overlap > 1, let choice = choosePartial(for: annotator) { return choice }
    if evaluationIsDue, let choice = chooseEvaluation(for: annotator) { return choice }
    if againIsDue, let choice = chooseAgain(for: annotator) { return choice }
    while let row = urgent.first {
      urgent.removeFirst()
      if isAvailable(row, to: annotator) { return Choice(row: row, provenance: Provenance(strategy: "stream")) }
    }
    if let choice = chooseReturned(for: annotator) { return choice }
    if let choice = chooseRanked(for: annotator) { return choice }
    if let choice = chooseRandom(for: annotator) { return choice }
    if let choice = chooseEvaluation(for: annotator) { return choice }
    if let choice = chooseLeftOver(for: annotator) { return choice }
    if let choice = chooseAgain(for: annotator) { return choice }
    let left = skippedRows.filter { leaseCount[$0] == nil && answered[annotator]?.contains($0) != true }
    return left.min().map {
      Choice(row: $0, provenance: Provenance(strategy: "skipped", evaluation: pool.isReserved($0)))
    }
  }

  /// Whether the share of the evaluation stream has fallen behind: systematic sampling with a phase from the seed.
  private var evaluationIsDue: Bool {
    let fraction = project.settings.evaluationFraction
    var phase = SeededGenerator(seed: project.settings.seed, stream: 0xE7A1)
    return Double(servedEvaluation) + 1 <= (Double(served) + 1) * fraction + Double(phase.uniform())
  }

  private func chooseEvaluation(for annotator: UserID) -> Choice? {
    while reserve.count > 0 {
      let propensity = 1 / Double(reserve.count)
      guard let row = reserve.draw(using: &generator) else { break }
      if isAvailable(row, to: annotator) {
        return Choice(
          row: row, provenance: Provenance(strategy: "evaluation", propensity: propensity, evaluation: true))
      }
    }
    return nil
  }

  private func choosePartial(for annotator: UserID) -> Choice? {
    var cursor = partialCursor[annotator, default: 0]
    defer { partialCursor[annotator] = cursor }
    while cursor < partial.count {
      let row = partial[cursor]
      cursor += 1
      if isAvailable(row, to: annotator) {
        return Choice(
          row: row, provenance: Provenance(strategy: "overlap", evaluation: pool.isReserved(row)))
      }
    }
    return nil
  }

  private func chooseReturned(for annotator: UserID) -> Choice? {
    returned.take(
      isLive: { pool.contains($0) && pool.isOpen($0) }, isWanted: { isAvailable($0, to: annotator) })
  }

  /// An item of the reserve whose turn has passed, such as one that lacks this annotator's opinion only.
  private func chooseLeftOver(for annotator: UserID) -> Choice? {
    guard pool.counts[.unlabelled, default: 0] > 0 else { return nil }
    return pool.ids.indices.first { pool.isReserved($0) && isAvailable($0, to: annotator) }.map {
      Choice(row: $0, provenance: Provenance(strategy: "evaluation", evaluation: true))
    }
  }

  private func chooseRanked(for annotator: UserID) -> Choice? {
    while ranking.cursor < ranking.entries.count {
      let position = ranking.cursor
      ranking.cursor += 1
      let row = ranking.entries[position].row
      if isAvailable(row, to: annotator) { return Choice(row: row, provenance: ranking.provenance(at: position)) }
    }
    return nil
  }

  private func chooseRandom(for annotator: UserID) -> Choice? {
    let rows = pool.rowCount
    guard rows > 0, pool.counts[.unlabelled, default: 0] > 0 else { return nil }
    func choice(_ row: Int) -> Choice? {
      guard pool.contains(row), !pool.isReserved(row), isAvailable(row, to: annotator) else { return nil }
      return Choice(
        row: row,
        provenance: Provenance(strategy: "random", propensity: 1 / Double(pool.counts[.unlabelled, default: 1])))
    }
    for _ in 0..<64 {
      if let found = choice(generator.index(below: rows)) { return found }
    }
    let start = generator.index(below: rows)
    for offset in 0..<rows {
      if let found = choice((start + offset) % rows) { return found }
    }
    return nil
  }
}
