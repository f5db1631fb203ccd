import Domain
import Storage

extension ServingBoard {
  /// Adds or takes back an opinion.
  func count(_ outcome: Outcome, row: Int, by annotator: UserID, _ change: Int) {
    changes += 1
    switch outcome {
    case .label: pool.addOpinion(row: row, change)
    case .skip: skips[row, default: 0] += change
    case .flag: flags[row, default: 0] += change
    }
    if change > 0 {
      answered[annotator, default: RowSet()].insert(row)
    } else {
      answered[annotator]?.remove(row)
      somethingCameBack()
    }
    refreshFree(row)
  }

  /// Counts an annotation among the labels that the next round waits for, or takes it out.
  func countForRound(_ id: AnnotationID, _ outcome: Outcome, _ change: Int) {
    changes += 1
    if outcome == .label, id.rawValue > seenAnnotation { labelsSinceRound += change }
  }

  /// The state that follows from the opinions that stand on an item.
  func derivedState(row: Int) -> ItemState {
    if adjudicated.contains(row) { return .labelled }
    if flags[row, default: 0] > 0 { return .excluded }
    let labels = Int(pool.opinions[row])
    let overlap = project.settings.overlap
    if labels >= overlap { return .labelled }
    guard labels + skips[row, default: 0] >= overlap else {
      // The filter has no say any more once somebody had.
      return pool.isFiltered(row) && labels + skips[row, default: 0] == 0 ? .excluded : .unlabelled
    }
    return labels > 0 ? .labelled : .skipped
  }

  /// Brings an item's state up to date in memory and on disk.
  ///
  /// - Parameter offersAgain: whether an item that is open again goes before the ranking.
  func refreshState(row: Int, offersAgain: Bool = true, connection: Connection) throws {
    let state = derivedState(row: row)
    guard state != pool.state(row) else { return }
    try connection.setState(state, of: pool.id(row))
    if pool.state(row) == .skipped { skippedRows.remove(row) }
    if state == .skipped {
      skippedRows.insert(row)
      somethingCameBack()
    }
    if state == .unlabelled, offersAgain {
      returned.append(row, Provenance(strategy: "reopened", evaluation: pool.isReserved(row)))
    }
    pool.set(state, row: row)
    refreshFree(row)
  }

  /// Brings an item's state up to date, and ends the newest of its leases where more hold it than are still wanted.
  func settle(row: Int, connection: Connection) throws {
    changes += 1
    try refreshState(row: row, connection: connection)
    guard let held = leaseCount[row] else { return }
    let state = pool.state(row)
    let wanted: Int
    switch state {
    case .labelled, .excluded: wanted = 0
    // One at a time looks at what others could not decide.
    case .skipped: wanted = 1
    case .unlabelled: wanted = max(0, project.settings.overlap - Int(pool.opinions[row]) - skips[row, default: 0])
    }
    guard held > wanted else { return }
    var surplus = leases.values.filter { $0.row == row }.sorted { $0.id < $1.id }.dropFirst(wanted)
    // Who was asked although the item had all its opinions may still answer.
    if state == .labelled, opinionsToAsk(row) > 0 { surplus.removeAll(where: \.isAgain) }
    for lease in surplus {
      try connection.endLease(lease.id, .withdrawn)
      drop(lease, offerAgain: false)
    }
  }

  /// Takes another number of opinions an item: items that have enough are closed, others are open again.
  ///
  /// - Complexity: O(items).
  func overlapDidChange(connection: Connection) throws {
    for row in pool.ids.indices where pool.contains(row) { try settle(row: row, connection: connection) }
    collectOpen()
    // Those that were reopened are among the partial ones now.
    returned.removeAll { row, _ in pool.opinions[row] > 0 }
  }
}
