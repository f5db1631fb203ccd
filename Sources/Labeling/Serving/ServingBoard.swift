import Domain
import Storage
import Tensors

/// Who may be asked what next in one project: the memory behind `next`.
///
/// It mirrors the database and belongs to the writer: only writes touch it, so that what it decides and what is kept are
/// one. Where a write fails after it was touched it is thrown away and read again.
final class ServingBoard {
  var project: Project { didSet { satisfied = [] } }
  var pool = PoolIndex()
  var ranking = Ranking()
  /// Rows that a stream asked for, oldest first: they go before the ranking.
  var urgent = UrgentRows()
  /// Rows that were leased and given back, with why they had been asked.
  var returned = ReturnedRows()
  /// Rows that have some of the opinions that they need, in the order in which they were first asked (overlap above 1).
  var partial = ReturnedRows()
  /// Rows that lack more opinions than are being asked for: those of the evaluation reserve, and all others.
  var free = (reserved: RowIndex(), others: RowIndex())
  /// Annotators for whom nothing was found; forgotten as soon as anything changes that could be theirs.
  var satisfied: Set<UserID> = []
  /// Words and rows that choosing looked at, for tests.
  var steps = 0
  var reserve = EvaluationReserve(rows: [])
  /// Rows that were settled by hand: they want no more opinions.
  var adjudicated: Set<Int> = []
  /// Labelled rows of which one more opinion is wanted.
  var again = AgainRows()
  /// Rows whose state is `skipped`: offered to others when nothing else is left.
  var skippedRows = RowIndex()

  var leases: [LeaseID: Lease] = [:]
  var leasesOf: [UserID: [LeaseID]] = [:]
  var leaseCount: [Int: Int] = [:]
  /// Leases that ran out since they were last asked for.
  var expired = 0
  var expiries = ExpiryQueue()
  /// Who asked and got nothing while they held nothing, and when they asked last.
  var waiting: [UserID: Timestamp] = [:]
  /// Leases that their annotator has not come to yet, as far as the board knows, and since when.
  var unopened: [LeaseID: Timestamp] = [:]
  /// Before this moment nobody's unopened items can be given to somebody else.
  var nextReassignment = Timestamp(milliseconds: .min)
  /// Whether something came back while somebody was waiting.
  var hasNews = false

  /// Rows on which each annotator has an opinion that stands, of whatever outcome.
  var answered: [UserID: RowSet] = [:]
  var skips: [Int: Int] = [:]
  var flags: [Int: Int] = [:]

  /// Labels that stand and were given after ``seenAnnotation``.
  var labelsSinceRound = 0
  /// The newest annotation that the last round looked at.
  var seenAnnotation: Int64 = 0
  /// Leases given to each annotator.
  var shares: [UserID: ServedShare] = [:]
  var generator: SeededGenerator
  /// Grows with every change: whoever finds it as it was may keep the board after an error.
  var changes = 0

  /// Reads a project's state.
  ///
  /// - Complexity: O(items + standing annotations).
  init(project: Project, connection: Connection) throws {
    self.project = project
    for (annotator, all, evaluation, again) in try connection.leaseCountsByAnnotator(of: project.id) {
      shares[annotator] = ServedShare(all: all, evaluation: evaluation, again: again)
    }
    let served = shares.values.reduce(0) { $0 + $1.all }
    generator = SeededGenerator(seed: project.settings.seed, stream: UInt64(0x5E_21E) &+ UInt64(served))
    var priorities: [(row: Int, priority: Int)] = []
    try connection.forEachPoolEntry(of: project.id) { entry in
      pool.append(id: entry.id, row: entry.row, state: entry.state, evaluation: entry.evaluation)
      if entry.priority > 0, entry.state == .unlabelled { priorities.append((entry.row, entry.priority)) }
      if entry.state == .skipped { skippedRows.insert(entry.row) }
    }
    for row in try connection.excludedRows(of: project.id) where pool.contains(row) {
      pool.setFiltered(true, row: row)
    }
    urgent = UrgentRows(priorities.sorted { ($0.priority, $0.row) < ($1.priority, $1.row) }.map(\.row))
    try connection.forEachOpinion(in: project.id) { row, _, annotator, outcome, _ in
      count(outcome, row: row, by: annotator, 1)
    }
    for lease in try connection.activeLeases(of: project.id) { hold(lease) }
    adjudicated = Set(try connection.standingAdjudications(of: project.id).map(\.row))
    again = AgainRows(try connection.askAgain(of: project.id))
    collectOpen()
    reserve = EvaluationReserve(rows: pool.openReserve().filter { leaseCount[$0] == nil && pool.opinions[$0] == 0 })
    if let round = try connection.newestRound(in: project.id, state: .serving) {
      ranking = Ranking(
        round: round.number, strategy: round.strategyUsed ?? project.settings.strategy.name,
        entries: try connection.queue(of: project.id))
    }
    seenAnnotation = try connection.newestScope(of: project.id)?.annotationsSeen ?? 0
    labelsSinceRound = try connection.labels(in: project.id, since: seenAnnotation)
  }

  // MARK: The pool

  /// Takes a new item in.
  func append(id: ItemID, row: Int, evaluation: Bool, urgent isUrgent: Bool) {
    changes += 1
    pool.append(id: id.rawValue, row: row, state: .unlabelled, evaluation: evaluation)
    refreshFree(row)
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
    refreshFree(row)
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
