public import Domain
import GRDB

/// Changes whenever something is said, taken back or settled in a project.
public struct OpinionStamp: Sendable, Hashable {
  /// The newest annotation.
  public var annotation: Int64
  /// How many have been taken back.
  public var retractions: Int
  /// The newest adjudication.
  public var adjudication: Int64
}

extension Connection {
  /// Keeps what an engineer settled.
  ///
  /// - Parameter labels: the labels that hold; `nil` withdraws what was settled before.
  public func insertAdjudication(
    of item: ItemID, in project: ProjectID, by user: UserID, labels: [LabelID]?, note: String?, now: Timestamp
  ) throws -> AdjudicationID {
    let id = try insert(
      "INSERT INTO adjudication(project_id, item_id, user_id, withdrawn, note, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      project.rawValue, item.rawValue, user.rawValue, labels == nil ? 1 : 0, note, now.milliseconds)
    for label in labels ?? [] {
      try run("INSERT INTO adjudication_label(adjudication_id, label_id) VALUES (?, ?)", id, label.rawValue)
    }
    return AdjudicationID(id)
  }

  private static let adjudicationColumns = """
    SELECT d.id, d.item_id, d.user_id, d.withdrawn, d.note, d.created_at,
      (SELECT group_concat(label_id) FROM adjudication_label l WHERE l.adjudication_id = d.id) FROM adjudication d
    """

  private static func adjudication(_ row: Row) -> Adjudication {
    Adjudication(
      id: AdjudicationID(row[0]), item: ItemID(row[1]), user: UserID(row[2]),
      labels: ((row[6] as String?)?.split(separator: ",").compactMap { LabelID($0) } ?? []).sorted(),
      isWithdrawn: (row[3] as Int) == 1, note: row[4], createdAt: Timestamp(milliseconds: row[5]))
  }

  /// The newest adjudication of an item.
  public func adjudication(of item: ItemID) throws -> Adjudication? {
    try first(
      Self.adjudicationColumns + " WHERE d.item_id = ? ORDER BY d.id DESC LIMIT 1", item.rawValue,
      as: Self.adjudication)
  }

  /// A page of a project's adjudications, newest first.
  public func adjudications(in project: ProjectID, before: AdjudicationID?, limit: Int) throws -> [Adjudication] {
    try all(
      Self.adjudicationColumns + " WHERE d.project_id = ? AND d.id < ? ORDER BY d.id DESC LIMIT ?", project.rawValue,
      before?.rawValue ?? Int64.max, limit, as: Self.adjudication)
  }

  /// What stands settled in a project: row, evaluation reserve or not, labels; ordered by row.
  public func standingAdjudications(of project: ProjectID) throws -> [(row: Int, evaluation: Bool, labels: [LabelID])] {
    try all(
      """
      SELECT i.row, i.evaluation,
        (SELECT group_concat(label_id) FROM adjudication_label l WHERE l.adjudication_id = d.id)
      FROM adjudication d JOIN item i ON i.id = d.item_id
      WHERE d.project_id = ? AND d.withdrawn = 0
        AND NOT EXISTS (SELECT 1 FROM adjudication n WHERE n.item_id = d.item_id AND n.id > d.id)
      ORDER BY i.row
      """, project.rawValue
    ) {
      (
        $0[0] as Int, ($0[1] as Int) == 1,
        (($0[2] as String?)?.split(separator: ",").compactMap { LabelID($0) } ?? []).sorted()
      )
    }
  }

  /// Changes whenever a project's consensus could.
  ///
  /// - Complexity: O(annotations), from indexes alone.
  public func opinionStamp(of project: ProjectID) throws -> OpinionStamp {
    let said =
      try first(
        """
        SELECT coalesce(max(a.id), 0), count(r.annotation_id) FROM annotation a
        LEFT JOIN retraction r ON r.annotation_id = a.id WHERE a.project_id = ?
        """, project.rawValue
      ) { ($0[0] as Int64, $0[1] as Int) } ?? (0, 0)
    let settled = try first("SELECT max(id) FROM adjudication WHERE project_id = ?", project.rawValue) {
      ($0[0] as Int64?) ?? 0
    }
    return OpinionStamp(annotation: said.0, retractions: said.1, adjudication: settled ?? 0)
  }

  /// Milliseconds that annotators took for the labels that stand, by annotator and growing.
  public func durations(in project: ProjectID) throws -> [UserID: [Int]] {
    var durations: [UserID: [Int]] = [:]
    try forEach(
      """
      SELECT annotator_id, duration_ms FROM annotation a
      WHERE project_id = ? AND outcome = 0 AND duration_ms IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)
      ORDER BY annotator_id, duration_ms
      """, project.rawValue
    ) { durations[UserID($0[0]), default: []].append($0[1]) }
    return durations
  }

  /// The item at a row of the pool.
  public func item(row: Int, in project: ProjectID) throws -> Item? {
    guard
      let id = try first(
        "SELECT id FROM item WHERE project_id = ? AND row = ?", project.rawValue, row,
        as: {
          ItemID($0[0])
        })
    else { return nil }
    return try item(id, in: project)
  }

  /// Replaces the items of which one more opinion is wanted, most wanted first.
  public func replaceAskAgain(of project: ProjectID, with entries: [(row: Int, utility: Double)]) throws {
    try run("DELETE FROM ask_again_entry WHERE project_id = ?", project.rawValue)
    for (position, entry) in entries.enumerated() {
      try run(
        "INSERT INTO ask_again_entry(project_id, row, position, utility) VALUES (?, ?, ?, ?)", project.rawValue,
        entry.row, position, entry.utility)
    }
  }

  /// Forgets that one more opinion is wanted of an item.
  public func deleteAskAgain(row: Int, of project: ProjectID) throws {
    try run("DELETE FROM ask_again_entry WHERE project_id = ? AND row = ?", project.rawValue, row)
  }

  /// The items of which one more opinion is wanted, most wanted first.
  public func askAgain(of project: ProjectID) throws -> [(row: Int, utility: Double)] {
    try all("SELECT row, utility FROM ask_again_entry WHERE project_id = ? ORDER BY position", project.rawValue) {
      ($0[0] as Int, $0[1] as Double)
    }
  }
}
