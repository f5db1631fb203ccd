import Domain
import Storage
import Tensors

/// Who may be asked what next in one project: the memory behind `next`.
///
/// It mirrors the database and belongs to the writer: only writes touch it, so that what it decides and what is kept are
/// one. Where a write fails after it was touched it is thrown away and read again.
final class ServingBoard {
  var project: Project
  var pool = PoolIndex()
  var ranking = Ranking()
  /// Rows that a stream asked for, oldest first: they go before the ranking.
  var urgent: [Int] = []
  /// Rows that were leased and given back, with why they had been asked.
  var returned = ReturnedRows()
  /// Rows that have some of the opinions that they need, in the order in which they were first asked (overlap above 1).
  var partial: [Int] = []
  var partialCursor: [UserID: Int] = [:]
  var reserve = EvaluationReserve(rows: [])
  /// Rows that were settled by hand: they want no more opinions.
  var adjudicated: Set<Int> = []
  /// Labelled rows of which one more opinion is wanted.
  var again = AgainRows()
  /// Rows whose state is `skipped`: offered to others when nothing else is left.
  var skippedRows: Set<Int> = []

  var leases: [LeaseID: Lease] = [:]
  var leasesOf: [UserID: [LeaseID]] = [:]
  var leaseCount: [Int: Int] = [:]
  /// Leases that ran out since they were last asked for.
  private var expired = 0
  /// No lease ends before this moment.
  var earliestExpiry = Timestamp(milliseconds: .max)

  /// Rows on which each annotator has an opinion that stands, of whatever outcome.
  var answered: [UserID: Set<Int>] = [:]
  var skips: [Int: Int] = [:]
  var flags: [Int: Int] = [:]

  /// Labels that stand and were given after ``seenAnnotation``.
  var labelsSinceRound = 0
  /// The newest annotation that the last round looked at.
  var seenAnnotation: Int64 = 0
  /// Leases given, and those of the evaluation stream among them.
  var served = 0
  var servedEvaluation = 0
  /// Leases given to ask again.
  var servedAgain = 0
  var generator: SeededGenerator
  /// Grows with every change: whoever finds it as it was may keep the board after an error.
  var changes = 0

  /// Reads a project's state.
  ///
  /// - Complexity: O(items + standing annotations).
  init(project: Project, connection: Connection) throws {
    self.project = project
    let counts = try connection.leaseCounts(of: project.id)
    served = counts.all
    servedEvaluation = counts.evaluation
    servedAgain = counts.again
    generator = SeededGenerator(seed: project.settings.seed, stream: UInt64(0x5E_21E) &+ UInt64(counts.all))
    var priorities: [(row: Int, priority: Int)] = []
    try connection.forEachPoolEntry(of: project.id) { entry in
      pool.append(id: entry.id, row: entry.row, state: entry.state, evaluation: entry.evaluation)
      if entry.priority > 0, entry.state == .unlabelled { priorities.append((entry.row, entry.priority)) }
      if entry.state == .skipped { skippedRows.insert(entry.row) }
    }
    for row in try connection.excludedRows(of: project.id) where pool.contains(row) {
      pool.setFiltered(true, row: row)
    }
    urgent = priorities.sorted { ($0.priority, $0.row) < ($1.priority, $1.row) }.map(\.row)
    try connection.forEachOpinion(in: project.id) { row, _, annotator, outcome, _ in
      count(outcome, row: row, by: annotator, 1)
    }
    for lease in try connection.activeLeases(of: project.id) { hold(lease) }
    adjudicated = Set(try connection.standingAdjudications(of: project.id).map(\.row))
    again = AgainRows(try connection.askAgain(of: project.id))
    collectPartial()
    reserve = EvaluationReserve(rows: pool.openReserve().filter { leaseCount[$0] == nil && pool.opinions[$0] == 0 })
    if let round = try connection.newestRound(in: project.id, state: .serving) {
      ranking = Ranking(
        round: round.number, strategy: round.strategyUsed ?? project.settings.strategy.name,
        entries: try connection.queue(of: project.id))
    }
    seenAnnotation = try connection.newestScope(of: project.id)?.annotationsSeen ?? 0
    labelsSinceRound = try connection.labels(in: project.id, since: seenAnnotation)
  }

  // MARK: Leases

  /// Takes a lease into account.
  func hold(_ lease: Lease) {
    changes += 1
    leases[lease.id] = lease
    leasesOf[lease.annotator, default: []].append(lease.id)
    leaseCount[lease.row, default: 0] += 1
    earliestExpiry = min(earliestExpiry, lease.expiresAt)
  }

  /// Forgets a lease; its item can be asked again where it is still open.
  func drop(_ lease: Lease, offerAgain: Bool) {
    changes += 1
    leases[lease.id] = nil
    leasesOf[lease.annotator]?.removeAll { $0 == lease.id }
    if let count = leaseCount[lease.row] { leaseCount[lease.row] = count > 1 ? count - 1 : nil }
    if offerAgain, pool.contains(lease.row), pool.isOpen(lease.row) {
      returned.append(lease.row, lease.provenance)
    }
  }

  /// Moves the end of a lease.
  func extend(_ lease: Lease, to moment: Timestamp, connection: Connection) throws -> Lease {
    changes += 1
    var extended = lease
    extended.expiresAt = moment
    try connection.extendLease(lease.id, to: moment)
    leases[lease.id] = extended
    return extended
  }

  /// Ends the leases whose time has run out.
  func expireLeases(now: Timestamp, connection: Connection) throws {
    guard now >= earliestExpiry else { return }
    for lease in leases.values.filter({ $0.expiresAt <= now }).sorted(by: { $0.id < $1.id }) {
      try connection.endLease(lease.id, .expired)
      drop(lease, offerAgain: true)
      expired += 1
    }
    earliestExpiry = leases.values.map(\.expiresAt).min() ?? Timestamp(milliseconds: .max)
  }

  /// Takes the number of leases that ran out since the last call.
  func takeExpired() -> Int {
    defer { expired = 0 }
    return expired
  }

  // MARK: Opinions

  /// Adds or takes back an opinion.
  func count(_ outcome: Outcome, row: Int, by annotator: UserID, _ change: Int) {
    changes += 1
    switch outcome {
    case .label: pool.addOpinion(row: row, change)
    case .skip: skips[row, default: 0] += change
    case .flag: flags[row, default: 0] += change
    }
    if change > 0 { answered[annotator, default: []].insert(row) } else { answered[annotator]?.remove(row) }
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
    if state == .skipped { skippedRows.insert(row) }
    if state == .unlabelled, offersAgain {
      returned.append(row, Provenance(strategy: "reopened", evaluation: pool.isReserved(row)))
    }
    pool.set(state, row: row)
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
    case .skipped: wanted = held
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

  /// Finds the items that have some of their opinions, for annotators to complete.
  private func collectPartial() {
    partialCursor = [:]
    partial = []
    guard project.settings.overlap > 1 else { return }
    partial = pool.ids.indices.filter {
      pool.isOpen($0) && (pool.opinions[$0] > 0 || skips[$0, default: 0] > 0 || leaseCount[$0] != nil)
    }
  }

  /// Takes another number of opinions an item: items that have enough are closed, others are open again.
  ///
  /// - Complexity: O(items).
  func overlapDidChange(connection: Connection) throws {
    for row in pool.ids.indices where pool.contains(row) { try settle(row: row, connection: connection) }
    collectPartial()
    // Those that were reopened are among the partial ones now.
    returned.removeAll { row, _ in pool.opinions[row] > 0 }
  }

  // MARK: The pool

  /// Takes a new item in.
  func append(id: ItemID, row: Int, evaluation: Bool, urgent isUrgent: Bool) {
    changes += 1
    pool.append(id: id.rawValue, row: row, state: .unlabelled, evaluation: evaluation)
    if evaluation { reserve.append(row) }
    if isUrgent { urgent.append(row) }
  }

  /// Takes an item out, of which nothing stands any more.
  func remove(row: Int) {
    changes += 1
    for lease in leases.values.filter({ $0.row == row }) { drop(lease, offerAgain: false) }
    skippedRows.remove(row)
    again.remove(row)
    adjudicated.remove(row)
    pool.remove(row: row)
  }

  /// What is shown of the project's progress.
  var counts: PoolCounts {
    PoolCounts(
      items: pool.itemCount, unlabelled: pool.counts[.unlabelled, default: 0],
      labelled: pool.counts[.labelled, default: 0], skipped: pool.counts[.skipped, default: 0],
      excluded: pool.counts[.excluded, default: 0], leased: leaseCount.count,
      ranked: ranking.entries.count - ranking.cursor)
  }
}

/// How many items of a pool are in which state.
public struct PoolCounts: Sendable, Equatable {
  /// Items in the pool.
  public var items = 0
  /// Items that want opinions, leased ones among them.
  public var unlabelled = 0
  /// Items that have all their opinions.
  public var labelled = 0
  /// Items that nobody could decide so far.
  public var skipped = 0
  /// Items that were flagged.
  public var excluded = 0
  /// Items that somebody holds now.
  public var leased = 0
  /// Places of the round's ranking that have not been passed yet.
  public var ranked = 0
}
