import Domain
import Storage

extension ServingBoard {
  /// Keeps what an annotator says and brings the item's state up to date.
  ///
  /// Everything is checked before anything is changed.
  func keep(_ submission: Submission, by annotator: UserID, now: Timestamp, connection: Connection) throws -> Receipt {
    let labels = try project.resolve(submission.labels, for: submission.outcome)
    if let request = submission.request,
      let known = try connection.annotation(requestKey: request.key, annotator: annotator)
    {
      guard known.hash == request.hash else {
        throw LabelingError.invalid("", "This Idempotency-Key was used for another request. Make a new one for each.")
      }
      return try receiptAgain(known.id, submission, connection: connection)
    }
    let (lease, leaseEnded) = try findLease(submission, annotator: annotator, now: now, connection: connection)
    let (item, row) = try findItem(submission, lease: lease, connection: connection)
    let active = lease.flatMap { leases[$0.id] } ?? leaseHeld(on: row, by: annotator)

    var replaced: Annotation?
    if answered[annotator]?.contains(row) == true {
      replaced = try connection.standingAnnotations(of: item).last { $0.annotator == annotator }
      if let standing = replaced, standing.outcome == submission.outcome, standing.labels == labels,
        submission.note == nil || submission.note == standing.note
      {
        if let active { try end(active, .answered, connection: connection) }
        return try receiptAgain(standing.id, submission, connection: connection)
      }
    }
    // One that was asked for although the item had its opinions is not one too many.
    let extra =
      replaced == nil && submission.outcome == .label && Int(pool.opinions[row]) >= project.settings.overlap
      && active?.isAgain != true
    let reserved = pool.isReserved(row)
    var provenance = (active ?? lease)?.provenance ?? Provenance(strategy: "direct")
    provenance.evaluation = reserved
    let id = try connection.insertAnnotation(
      NewAnnotation(
        item: item, annotator: annotator, outcome: submission.outcome, labels: labels, note: submission.note,
        durationMilliseconds: submission.durationMilliseconds, lease: (active ?? lease)?.id, provenance: provenance,
        request: submission.request), in: project.id, now: now)
    if let replaced {
      _ = try connection.retract(replaced.id, by: annotator, replacedBy: id, now: now)
      count(replaced.outcome, row: row, by: annotator, -1)
      countForRound(replaced.id, replaced.outcome, -1)
    }
    count(submission.outcome, row: row, by: annotator, 1)
    countForRound(id, submission.outcome, 1)
    if let active { try end(active, .answered, connection: connection) }
    try answerAgain(row: row, connection: connection)
    try settle(row: row, connection: connection)
    return Receipt(
      annotation: id, item: item, outcome: submission.outcome, labels: submission.labels ?? [], extraOpinion: extra,
      leaseEnded: leaseEnded, repeated: false, replaces: replaced?.id, createdAt: now)
  }

  /// The lease that a submission names, in force or ended.
  private func findLease(
    _ submission: Submission, annotator: UserID, now: Timestamp, connection: Connection
  ) throws -> (lease: Lease?, ended: Bool) {
    guard let id = submission.lease else { return (nil, false) }
    if let lease = leases[id] {
      guard lease.annotator == annotator else { throw LabelingError.forbidden("Lease \(id) is somebody else's.") }
      return (lease, lease.expiresAt <= now)
    }
    let found = try connection.lease(id)
    // Leases that ended long ago are removed, and so are those of removed items: a label for one is late, not wrong.
    if try found == nil && connection.wasLeased(id) { return (nil, true) }
    guard let known = found, known.project == project.id else {
      throw LabelingError.invalid(
        "/lease", "There is no lease \(id) in this project. Leave it out to label without one.")
    }
    guard known.lease.annotator == annotator else { throw LabelingError.forbidden("Lease \(id) is somebody else's.") }
    return (known.lease, true)
  }

  private func findItem(
    _ submission: Submission, lease: Lease?, connection: Connection
  ) throws -> (item: ItemID, row: Int) {
    let item: ItemID
    let row: Int
    switch submission.target {
    case .item(let id):
      if let lease, lease.item == id, pool.contains(lease.row) { return (id, lease.row) }
      guard let known = try connection.item(id, in: project.id) else {
        throw LabelingError.invalid("/item", "There is no item \(id) in this project.")
      }
      (item, row) = (id, known.row)
    case .key(let key):
      guard let known = try connection.item(key: key, in: project.id) else {
        throw LabelingError.invalid("/key", "There is no item with the key “\(key)” in this project.")
      }
      (item, row) = (known.id, known.row)
    }
    if let lease, lease.item != item {
      throw LabelingError.invalid("/lease", "Lease \(lease.id) is for item \(lease.item), not for item \(item).")
    }
    return (item, row)
  }

  private func leaseHeld(on row: Int, by annotator: UserID) -> Lease? {
    leasesOf[annotator]?.lazy.compactMap { self.leases[$0] }.first { $0.row == row }
  }

  private func end(_ lease: Lease, _ end: LeaseEnd, connection: Connection) throws {
    try connection.endLease(lease.id, end)
    drop(lease, offerAgain: false)
  }

  /// The answer that was given the first time.
  ///
  /// What it said about being late or one too many is found anew from history: the client may never have heard it.
  private func receiptAgain(
    _ id: AnnotationID, _ submission: Submission, connection: Connection
  ) throws -> Receipt {
    guard let known = try connection.annotation(id)?.annotation else {
      throw LabelingError.notFound("annotation \(id)")
    }
    let history = try connection.annotations(of: known.item)
    let earlier = history.filter {
      $0.id < id && $0.outcome == .label && $0.retractedAt.map { $0 > known.createdAt } ?? true
        && $0.annotator != known.annotator
    }
    let replaces = history.last { $0.replacedBy == id }
    let lease = try submission.lease.flatMap { try connection.lease($0) }
    return Receipt(
      annotation: id, item: known.item, outcome: known.outcome,
      labels: known.labels.compactMap { project.label($0)?.name },
      extraOpinion: known.outcome == .label && replaces == nil && lease?.lease.isAgain != true
        && earlier.count >= project.settings.overlap,
      leaseEnded: lease.map { $0.end.map { $0 != .answered } ?? false || $0.lease.expiresAt <= known.createdAt }
        ?? (submission.lease != nil), repeated: true,
      replaces: replaces?.id, createdAt: known.createdAt)
  }

  /// Asks for a round where enough has changed since the last, and none is waiting or under way.
  ///
  /// - Returns: the number of the round, where one was asked for.
  func startRoundIfDue(trigger: String, now: Timestamp, connection: Connection) throws -> Int? {
    guard pool.itemCount > 0 else { return nil }
    let due: Bool
    if let scope = try trigger == "pool" ? connection.newestScope(of: project.id) : nil {
      // A pool that grew by half holds enough that the ranking knows nothing of.
      due = pool.itemCount >= scope.poolSize + max(1, scope.poolSize / 2)
    } else {
      due = trigger != "labels" || labelsSinceRound >= project.settings.batchSize
    }
    guard due, try !connection.hasPendingRound(in: project.id) else { return nil }
    return try queueRound(trigger: trigger, now: now, connection: connection)
  }

  /// Asks for a round.
  func queueRound(trigger: String, now: Timestamp, connection: Connection) throws -> Int {
    let scope = RoundScope(
      annotationsSeen: try connection.newestAnnotation(of: project.id), poolSize: pool.itemCount)
    let number = try connection.insertRound(
      in: project.id, trigger: trigger, seed: project.settings.seed, scope: scope, now: now)
    roundLooks(at: scope)
    return number
  }

  /// Begins to count what is new for the next round.
  func roundLooks(at scope: RoundScope) {
    seenAnnotation = scope.annotationsSeen
    labelsSinceRound = 0
  }
}
