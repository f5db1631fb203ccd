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
    guard capacity(row) > 0, answered[annotator]?.contains(row) != true else { return false }
    return !isHeld(row, by: annotator)
  }

  private func isHeld(_ row: Int, by annotator: UserID) -> Bool {
    leaseCount[row] != nil && (leasesOf[annotator] ?? []).contains { leases[$0]?.row == row }
  }

  /// The best item to ask an annotator about; moves on past it.
  ///
  /// Order: items that lack further opinions, the evaluation stream when its turn has come, labelled items in doubt when
  /// theirs has, what a stream asked for, what others gave back, the ranking, anything open at random, the reserve, labelled
  /// items in doubt, and at last what others skipped. What everybody skipped is asked nobody: it is for an engineer to settle.
  ///
  /// - Complexity: amortised O(log items), whether anything is found or not. Above overlap 1 an annotator who is ahead of the
  ///   others may take a step for each 64 items that they answered, once for each item that comes back.
  func choose(for annotator: UserID) -> Choice? {
    if satisfied.contains(annotator) { return nil }
    if let choice = chooseOpen(for: annotator) { return choice }
    if let choice = chooseAgain(for: annotator) { return choice }
    if let row = skippedRows.first(
      in: 0..<pool.rowCount, notIn: answered[annotator], steps: &steps, where: { leaseCount[$0] == nil })
    {
      return Choice(row: row, provenance: Provenance(strategy: "skipped", evaluation: pool.isReserved(row)))
    }
    satisfied.insert(annotator)
    return nil
  }

  private func chooseOpen(for annotator: UserID) -> Choice? {
    if project.settings.overlap > 1, let choice = choosePartial(for: annotator) { return choice }
    if evaluationIsDue(for: annotator), let choice = chooseEvaluation(for: annotator) { return choice }
    if againIsDue(for: annotator), let choice = chooseAgain(for: annotator) { return choice }
    while let row = urgent.popFirst() {
      steps += 1
      if isAvailable(row, to: annotator) { return Choice(row: row, provenance: Provenance(strategy: "stream")) }
    }
    if let choice = chooseReturned(for: annotator) { return choice }
    if let choice = chooseRanked(for: annotator) { return choice }
    if let choice = chooseRandom(for: annotator) { return choice }
    if let choice = chooseEvaluation(for: annotator) { return choice }
    return chooseLeftOver(for: annotator)
  }

  private func chooseEvaluation(for annotator: UserID) -> Choice? {
    while reserve.count > 0 {
      steps += 1
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
    let before = partial.steps
    defer { steps += partial.steps - before }
    return partial.take(
      for: annotator, keepsIt: true, isLive: { pool.contains($0) && pool.isOpen($0) },
      isWanted: { isAvailable($0, to: annotator) })
  }

  private func chooseReturned(for annotator: UserID) -> Choice? {
    let before = returned.steps
    defer { steps += returned.steps - before }
    return returned.take(
      for: annotator, isLive: { pool.contains($0) && pool.isOpen($0) }, isWanted: { isAvailable($0, to: annotator) })
  }

  /// An item of the reserve whose turn has passed, such as one that lacks this annotator's opinion only.
  private func chooseLeftOver(for annotator: UserID) -> Choice? {
    free.reserved.first(
      in: 0..<pool.rowCount, notIn: answered[annotator], steps: &steps, where: { isAvailable($0, to: annotator) }
    ).map {
      Choice(row: $0, provenance: Provenance(strategy: "evaluation", evaluation: true))
    }
  }

  private func chooseRanked(for annotator: UserID) -> Choice? {
    while ranking.cursor < ranking.entries.count {
      let position = ranking.cursor
      ranking.cursor += 1
      steps += 1
      let row = ranking.entries[position].row
      if isAvailable(row, to: annotator) { return Choice(row: row, provenance: ranking.provenance(at: position)) }
    }
    return nil
  }

  /// Draws among all rows while many are free, and takes the first free one after a random place when few are left.
  private func chooseRandom(for annotator: UserID) -> Choice? {
    let rows = pool.rowCount
    guard free.others.count > 0 else { return nil }
    if free.others.count > rows / 16 {
      for _ in 0..<64 {
        let row = generator.index(below: rows)
        steps += 1
        guard free.others.contains(row), isAvailable(row, to: annotator) else { continue }
        return Choice(
          row: row,
          provenance: Provenance(strategy: "random", propensity: 1 / Double(pool.counts[.unlabelled, default: 1])))
      }
    }
    let start = generator.index(below: rows)
    let answered = answered[annotator]
    for range in [start..<rows, 0..<start] {
      if let row = free.others.first(
        in: range, notIn: answered, steps: &steps, where: { isAvailable($0, to: annotator) })
      {
        // Not drawn uniformly: what stands after a gap is found more often.
        return Choice(row: row, provenance: Provenance(strategy: "random"))
      }
    }
    return nil
  }
}
