public import Domain
import GRDB

/// What a round looked at when it was asked for.
public struct RoundScope: Sendable, Equatable {
  /// The newest annotation then.
  public var annotationsSeen: Int64
  /// The pool's size then.
  public var poolSize: Int

  /// Puts a scope together.
  public init(annotationsSeen: Int64, poolSize: Int) {
    self.annotationsSeen = annotationsSeen
    self.poolSize = poolSize
  }
}

extension Connection {
  private static let roundColumns = """
    SELECT number, state, trigger, seed, report, strategy_used, reason, artifact, error, created_at, started_at, finished_at,
      attempts, annotations_seen, pool_size, feature_version FROM round
    """

  private static func round(_ row: Row) -> Round {
    Round(
      number: row[0], state: RoundState(rawValue: row[1]) ?? .failed, trigger: row[2],
      seed: UInt64(bitPattern: row[3] as Int64), report: row[4], strategyUsed: row[5], reason: row[6], artifact: row[7],
      error: row[8], createdAt: Timestamp(milliseconds: row[9]),
      startedAt: (row[10] as Int64?).map(Timestamp.init(milliseconds:)),
      finishedAt: (row[11] as Int64?).map(Timestamp.init(milliseconds:)), attempts: row[12])
  }

  /// Asks for a round: it gets the project's next number.
  public func insertRound(
    in project: ProjectID, trigger: String, seed: UInt64, scope: RoundScope, now: Timestamp
  ) throws -> Int {
    let number =
      try first("SELECT coalesce(max(number), 0) + 1 FROM round WHERE project_id = ?", project.rawValue) {
        $0[0] as Int
      } ?? 1
    try run(
      """
      INSERT INTO round(project_id, number, state, trigger, seed, annotations_seen, pool_size, created_at)
      VALUES (?, ?, 'queued', ?, ?, ?, ?, ?)
      """, project.rawValue, number, trigger, Int64(bitPattern: seed), scope.annotationsSeen, scope.poolSize,
      now.milliseconds)
    return number
  }

  /// One round.
  public func round(_ number: Int, in project: ProjectID) throws -> Round? {
    try first(Self.roundColumns + " WHERE project_id = ? AND number = ?", project.rawValue, number, as: Self.round)
  }

  /// A page of rounds, newest first.
  public func rounds(in project: ProjectID, before: Int?, limit: Int) throws -> [Round] {
    try all(
      Self.roundColumns + " WHERE project_id = ? AND number < ? ORDER BY number DESC LIMIT ?", project.rawValue,
      before ?? Int.max, limit, as: Self.round)
  }

  /// The newest round of a project in a state.
  public func newestRound(in project: ProjectID, state: RoundState) throws -> Round? {
    try first(
      Self.roundColumns + " WHERE project_id = ? AND state = ? ORDER BY number DESC LIMIT 1", project.rawValue,
      state.rawValue, as: Self.round)
  }

  /// What the newest round looked at, however it ended; `nil` before the first.
  public func newestScope(of project: ProjectID) throws -> RoundScope? {
    try first(
      """
      SELECT annotations_seen, pool_size FROM round WHERE project_id = ? ORDER BY number DESC LIMIT 1
      """, project.rawValue
    ) { RoundScope(annotationsSeen: $0[0], poolSize: $0[1]) }
  }

  /// What a round looked at, and the features it was trained on.
  public func scope(ofRound number: Int, in project: ProjectID) throws -> (scope: RoundScope, featureVersion: Int?)? {
    try first(
      "SELECT annotations_seen, pool_size, feature_version FROM round WHERE project_id = ? AND number = ?",
      project.rawValue, number
    ) { (RoundScope(annotationsSeen: $0[0], poolSize: $0[1]), $0[2]) }
  }

  /// The rounds of all projects that have work to do, oldest first.
  public func pendingRounds() throws -> [(project: ProjectID, round: Round)] {
    try all(
      "SELECT project_id, number FROM round WHERE state IN ('queued', 'training', 'scoring', 'selecting') ORDER BY created_at"
    ) { (ProjectID($0[0]), $0[1] as Int) }
    .compactMap { project, number in try round(number, in: project).map { (project, $0) } }
  }

  /// Whether a project has a round with work to do.
  public func hasPendingRound(in project: ProjectID) throws -> Bool {
    try first(
      "SELECT 1 FROM round WHERE project_id = ? AND state IN ('queued', 'training', 'scoring', 'selecting')",
      project.rawValue
    ) { _ in true } ?? false
  }

  /// Writes everything of a round that changes, and what it looked at.
  public func updateRound(
    _ round: Round, in project: ProjectID, scope: RoundScope? = nil, featureVersion: Int? = nil
  ) throws {
    try run(
      """
      UPDATE round SET state = ?, report = ?, strategy_used = ?, reason = ?, artifact = ?, error = ?, started_at = ?,
        finished_at = ?, attempts = ?, annotations_seen = coalesce(?, annotations_seen), pool_size = coalesce(?, pool_size),
        feature_version = coalesce(?, feature_version) WHERE project_id = ? AND number = ?
      """, round.state.rawValue, round.report, round.strategyUsed, round.reason, round.artifact, round.error,
      round.startedAt?.milliseconds, round.finishedAt?.milliseconds, round.attempts, scope?.annotationsSeen,
      scope?.poolSize, featureVersion, project.rawValue, round.number)
  }

  /// Marks the serving rounds of a project as superseded.
  public func supersedeRounds(in project: ProjectID) throws {
    try run("UPDATE round SET state = 'superseded' WHERE project_id = ? AND state = 'serving'", project.rawValue)
  }

  /// Replaces the head of the ranking.
  public func replaceQueue(of project: ProjectID, with entries: [(row: Int, utility: Float)]) throws {
    try run("DELETE FROM queue_entry WHERE project_id = ?", project.rawValue)
    for (position, entry) in entries.enumerated() {
      try run(
        "INSERT INTO queue_entry(project_id, position, row, utility) VALUES (?, ?, ?, ?)", project.rawValue, position,
        entry.row, Double(entry.utility))
    }
  }

  /// The head of the ranking, best first.
  public func queue(of project: ProjectID) throws -> [(row: Int, utility: Float)] {
    try all("SELECT row, utility FROM queue_entry WHERE project_id = ? ORDER BY position", project.rawValue) {
      ($0[0] as Int, Float($0[1] as Double))
    }
  }
}
