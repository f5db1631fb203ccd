public import Domain
import Foundation
import Learning
import Storage

extension LabelingService {
  /// A page of a project's rounds, newest first.
  public func rounds(in project: ProjectID, before: Int?, limit: Int) throws -> [Round] {
    try store.read { try $0.rounds(in: project, before: before, limit: limit) }
  }

  /// One round.
  public func round(_ number: Int, in project: ProjectID) throws -> Round {
    guard let round = try store.read({ try $0.round(number, in: project) }) else {
      throw LabelingError.notFound("round \(number) of project \(project)")
    }
    return round
  }

  /// Asks for a round now.
  ///
  /// - Throws: ``LabelingError/conflict(_:)`` where one is waiting or under way already.
  public func requestRound(in project: ProjectID) async throws -> Round {
    let now = clock()
    let round = try await onBoard(project) { board, connection in
      guard board.pool.itemCount > 0 else { throw LabelingError.conflict("The pool is empty: push items first.") }
      guard let number = try board.startRoundIfDue(trigger: "requested", now: now, connection: connection),
        let round = try connection.round(number, in: project)
      else { throw LabelingError.conflict("A round is waiting or under way already.") }
      try connection.audit("round.request", AuditSubject("round", "\(number)", in: project), at: now)
      return round
    }
    roundWasQueued(round.number, in: project)
    return round
  }

  /// Stops a round that has not begun to serve.
  public func cancelRound(_ number: Int, in project: ProjectID) async throws -> Round {
    let now = clock()
    let known = try round(number, in: project)
    guard known.state.isPending else {
      throw LabelingError.conflict(
        "Round \(number) is \(known.state.rawValue): only a round under way can be cancelled.")
    }
    if scheduler.cancel(project: project, round: number) {
      try await audit(
        "round.cancel", AuditSubject("round", "\(number)", in: project),
        after: ["was": .string(known.state.rawValue)])
      return known
    }
    let round = try await store.write { connection in
      guard var round = try connection.round(number, in: project) else {
        throw LabelingError.notFound("round \(number) of project \(project)")
      }
      guard round.state == .queued else { return round }
      try round.become(.cancelled)
      round.finishedAt = now
      try connection.updateRound(round, in: project)
      try connection.audit(
        "round.cancel", AuditSubject("round", "\(number)", in: project), after: ["was": "queued"], at: now)
      return round
    }
    tell(round, in: project, progress: 1)
    return round
  }

  /// A round's model in the safetensors format.
  public func modelFile(ofRound number: Int, in project: ProjectID) throws -> String {
    guard let artifact = try round(number, in: project).artifact else {
      throw LabelingError.notFound("model of round \(number): it was chosen without one")
    }
    return folder.path + "/" + artifact
  }

  /// Wakes the trainer for a round that has been written.
  func roundWasQueued(_ number: Int, in project: ProjectID) {
    if let round = try? round(number, in: project) { tell(round, in: project, progress: 0) }
    scheduler.wake()
  }

  /// Asks for the next round where labels came in while the last was under way.
  func queueRoundIfDue(in project: ProjectID) {
    let now = clock()
    let number = try? store.writeAndWait { [self] connection in
      try withBoard(project, connection) { board, connection in
        try board.startRoundIfDue(trigger: "labels", now: now, connection: connection)
          ?? board.startRoundIfDue(trigger: "pool", now: now, connection: connection)
      }
    }
    if let number = number ?? nil { roundWasQueued(number, in: project) }
  }

  /// Tells listeners and the overview where a round stands.
  func tell(_ round: Round, in project: ProjectID, progress: Double) {
    directory.publish(round, of: project, progress: progress)
    let report = RoundReport(text: round.report)
    statistics.reached(round.state, report)
    events.publish(
      "round",
      [
        ("n", .integer(Int64(round.number))), ("state", .string(round.state.rawValue)), ("progress", .number(progress)),
        ("accuracy", .optional(report.metrics.map { Double($0.accuracy) })),
        ("micro_f1", .optional(report.labelMetrics?.microF1)),
        ("labels", .integer(Int64(report.labels.training))),
      ], in: project)
  }

  /// Tells listeners how far the present state of a round has come, a few times a second.
  func progress(_ round: Round, in project: ProjectID, _ share: Double) {
    let before = directory.overview(project)?.round?.progress ?? 0
    guard share - before >= 0.05 || share < before else { return }
    directory.publish(round, of: project, progress: share)
    events.publish(
      "progress",
      [("n", .integer(Int64(round.number))), ("state", .string(round.state.rawValue)), ("progress", .number(share))],
      in: project)
  }
}
