public import Domain
import GRDB

/// What one person has done in a project, by what stands.
public struct Activity: Sendable, Equatable {
  /// Items that they labelled.
  public var labels = 0
  /// Items that they skipped.
  public var skips = 0
  /// Items that they flagged.
  public var flags = 0
  /// When they last answered.
  public var lastAt: Timestamp?

  /// Nothing.
  public init() {}

  /// Everything that they answered.
  public var answers: Int { labels + skips + flags }
}

extension Connection {
  /// What each person has done in a project who has answered anything.
  ///
  /// - Complexity: O(standing annotations).
  public func activity(in project: ProjectID) throws -> [UserID: Activity] {
    var found: [UserID: Activity] = [:]
    try forEach(
      """
      SELECT annotator_id, outcome, count(*), max(created_at) FROM annotation a
      WHERE project_id = ? AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)
      GROUP BY annotator_id, outcome
      """, project.rawValue
    ) { row in
      var activity = found[UserID(row[0])] ?? Activity()
      switch Outcome(rawValue: row[1]) {
      case .label: activity.labels = row[2]
      case .flag: activity.flags = row[2]
      default: activity.skips = row[2]
      }
      activity.lastAt = max(activity.lastAt ?? Timestamp(milliseconds: 0), Timestamp(milliseconds: row[3]))
      found[UserID(row[0])] = activity
    }
    return found
  }

  /// How many items each person holds in a project.
  public func heldLeases(in project: ProjectID) throws -> [UserID: Int] {
    var held: [UserID: Int] = [:]
    try forEach(
      "SELECT annotator_id, count(*) FROM lease WHERE project_id = ? AND ended IS NULL GROUP BY annotator_id",
      project.rawValue
    ) { held[UserID($0[0])] = $0[1] }
    return held
  }
}
