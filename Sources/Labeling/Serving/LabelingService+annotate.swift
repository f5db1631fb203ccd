public import Domain
import Storage

/// What somebody says about an item, as it arrives.
public struct Submission: Sendable {
  /// The item, by the server's identifier or the caller's key.
  public enum Target: Sendable {
    /// The server's identifier.
    case item(ItemID)
    /// The caller's key.
    case key(String)
  }

  /// The item.
  public var target: Target
  /// What was done with it.
  public var outcome: Outcome
  /// The names of the chosen labels; `nil` where none were named, which is an answer only of a skip or a flag.
  public var labels: [String]?
  /// The lease that it answers.
  public var lease: LeaseID?
  /// How long it took, in milliseconds.
  public var durationMilliseconds: Int?
  /// A remark.
  public var note: String?
  /// The client's `Idempotency-Key` and the hash of the request.
  public var request: (key: String, hash: [UInt8])?

  /// Puts a submission together.
  public init(
    target: Target, outcome: Outcome, labels: [String]?, lease: LeaseID? = nil, durationMilliseconds: Int? = nil,
    note: String? = nil, request: (key: String, hash: [UInt8])? = nil
  ) {
    self.target = target
    self.outcome = outcome
    self.labels = labels
    self.lease = lease
    self.durationMilliseconds = durationMilliseconds
    self.note = note
    self.request = request
  }
}

/// What became of a submission.
public struct Receipt: Sendable {
  /// The annotation as it was kept.
  public var annotation: AnnotationID
  /// The item.
  public var item: ItemID
  /// What was done with it.
  public var outcome: Outcome
  /// The names of the chosen labels.
  public var labels: [String]
  /// Whether the item had all its opinions already, so that this one is one more.
  public var extraOpinion: Bool
  /// Whether the lease had ended before the answer came; the answer counts all the same.
  public var leaseEnded: Bool
  /// Whether nothing was written because the same had been said before.
  public var repeated: Bool
  /// The annotation of the same annotator that this one replaces.
  public var replaces: AnnotationID?
  /// When it was kept.
  public var createdAt: Timestamp
  /// Items on which the annotator has an opinion that stands, this one included.
  public var mine: Int?
}

extension LabelingService {
  /// Keeps what an annotator says about an item; on disk when it returns.
  ///
  /// A label whose lease has ended is kept as well. A second word of the same annotator on an item replaces the first,
  /// and saying the same again changes nothing.
  ///
  /// - Throws: ``LabelingError/invalid(_:)`` with the pointer of what is wrong.
  public func annotate(_ submission: Submission, in project: ProjectID, by user: User) async throws -> Receipt {
    let now = clock()
    let (receipt, started) = try await onBoard(project) { board, connection in
      var receipt = try board.keep(submission, by: user.id, now: now, connection: connection)
      receipt.mine = board.answered[user.id]?.count
      let started = try board.startRoundIfDue(trigger: "labels", now: now, connection: connection)
      return (receipt, started)
    }
    announce(receipt, in: project, by: user)
    if let started { roundWasQueued(started, in: project) }
    return receipt
  }

  /// Keeps many submissions in one transaction; a bad one never sinks the others.
  ///
  /// - Returns: for each, in order, what became of it.
  public func annotate(
    _ submissions: [Result<Submission, LabelingError>], in project: ProjectID, by user: User
  ) async throws -> [Result<Receipt, LabelingError>] {
    let now = clock()
    let (results, started) = try await onBoard(project) { board, connection in
      let results = try submissions.map { submission -> Result<Receipt, LabelingError> in
        do {
          return .success(try board.keep(try submission.get(), by: user.id, now: now, connection: connection))
        } catch let error as LabelingError {
          return .failure(error)
        }
      }
      return (results, try board.startRoundIfDue(trigger: "labels", now: now, connection: connection))
    }
    for case .success(let receipt) in results { announce(receipt, in: project, by: user) }
    if let started { roundWasQueued(started, in: project) }
    return results
  }

  func announce(_ receipt: Receipt, in project: ProjectID, by user: User) {
    guard !receipt.repeated else { return }
    statistics.kept(receipt.outcome)
    events.publish(
      "annotation",
      [
        ("annotation", .string("\(receipt.annotation)")), ("item", .string("\(receipt.item)")),
        ("outcome", .string(receipt.outcome.name)),
        ("labelled", .integer(Int64(directory.overview(project)?.counts.labelled ?? 0))),
      ], by: user, in: project)
  }

  /// Takes an annotation back: its own annotator or an administrator may.
  ///
  /// The item is open again and, where its annotator asks, leased to them.
  ///
  /// - Returns: the annotation, and the item with its new lease where there is one.
  public func undo(_ id: AnnotationID, by principal: Principal) async throws -> (
    annotation: Annotation, served: ServedItem?
  ) {
    let (known, project) = try visible(id, to: principal)
    let now = clock()
    return try await onBoard(project) { board, connection in
      guard let item = try connection.item(known.item, in: project) else {
        throw LabelingError.notFound("item \(known.item)")
      }
      guard try connection.annotation(id)?.annotation.retractedAt == nil else {
        throw LabelingError.conflict("Annotation \(id) has been taken back or replaced already.")
      }
      _ = try connection.retract(id, by: principal.user.id, replacedBy: nil, now: now)
      if known.annotator != principal.user.id {
        try connection.audit(
          "annotation.undo", AuditSubject("annotation", "\(id)", in: project), before: board.project.audited(known),
          at: now)
      }
      let wasOpen = board.pool.isOpen(item.row)
      board.count(known.outcome, row: item.row, by: known.annotator, -1)
      board.countForRound(id, known.outcome, -1)
      try board.settle(row: item.row, connection: connection)
      // One that was open all the time lacks one opinion more than those knew who passed it by.
      if wasOpen, board.pool.isOpen(item.row) { board.returned.append(item.row, known.provenance) }
      guard known.annotator == principal.user.id, board.isAvailable(item.row, to: known.annotator),
        let content = try connection.content(of: item.id), let reopened = try connection.item(item.id, in: project)
      else { return (known, nil) }
      let expiry = now.adding(seconds: board.project.settings.leaseSeconds)
      let lease = try board.issue(
        Choice(row: item.row, provenance: known.provenance), to: known.annotator, now: now, expiresAt: expiry,
        connection: connection)
      return (known, ServedItem(lease: lease, item: reopened, content: content, project: project))
    }
  }

  /// Changes what an annotation says, by replacing it; history keeps the old one.
  public func change(
    _ id: AnnotationID, outcome: Outcome?, labels: [String]?, note: String?, by principal: Principal
  ) async throws -> Receipt {
    let (known, project) = try visible(id, to: principal)
    let now = clock()
    let receipt = try await onBoard(project) { board, connection in
      guard let item = try connection.item(known.item, in: project) else {
        throw LabelingError.notFound("item \(known.item)")
      }
      guard try connection.annotation(id)?.annotation.retractedAt == nil else {
        throw LabelingError.conflict("Annotation \(id) has been taken back or replaced already.")
      }
      let newOutcome = outcome ?? (labels == nil ? known.outcome : .label)
      // Labels that are not named stay as they were, where there were any.
      let before = known.outcome == .label ? known.labels.compactMap { board.project.label($0)?.name } : nil
      let names = labels ?? (newOutcome == .label ? before : [])
      let chosen = try board.project.resolve(names, for: newOutcome)
      let replacement = try connection.insertAnnotation(
        NewAnnotation(
          item: item.id, annotator: known.annotator, outcome: newOutcome, labels: chosen, note: note ?? known.note,
          durationMilliseconds: known.durationMilliseconds, lease: nil, provenance: known.provenance, request: nil),
        in: project, now: now)
      _ = try connection.retract(id, by: principal.user.id, replacedBy: replacement, now: now)
      if known.annotator != principal.user.id {
        try connection.audit(
          "annotation.change", AuditSubject("annotation", "\(id)", in: project), before: board.project.audited(known),
          after: try connection.annotation(replacement).map { board.project.audited($0.annotation) }, at: now)
      }
      board.count(known.outcome, row: item.row, by: known.annotator, -1)
      board.count(newOutcome, row: item.row, by: known.annotator, 1)
      board.countForRound(id, known.outcome, -1)
      board.countForRound(replacement, newOutcome, 1)
      try board.settle(row: item.row, connection: connection)
      return Receipt(
        annotation: replacement, item: item.id, outcome: newOutcome, labels: names ?? [], extraOpinion: false,
        leaseEnded: false, repeated: false, replaces: id, createdAt: now)
    }
    announce(receipt, in: project, by: principal.user)
    return receipt
  }

  /// The project that an annotation belongs to.
  ///
  /// - Throws: ``LabelingError/notFound(_:)`` where there is no such annotation.
  public func project(of id: AnnotationID) throws -> ProjectID {
    guard let (_, project) = try store.read({ try $0.annotation(id) }) else {
      throw LabelingError.notFound("annotation \(id) of yours")
    }
    return project
  }

  /// An annotation that somebody may change.
  private func visible(_ id: AnnotationID, to principal: Principal) throws -> (Annotation, ProjectID) {
    guard let (annotation, project) = try store.read({ try $0.annotation(id) }),
      annotation.annotator == principal.user.id || principal.role >= .engineer
    else { throw LabelingError.notFound("annotation \(id) of yours") }
    guard annotation.annotator == principal.user.id || principal.role == .admin else {
      throw LabelingError.forbidden("Only its annotator or an administrator may change an annotation.")
    }
    return (annotation, project)
  }
}
