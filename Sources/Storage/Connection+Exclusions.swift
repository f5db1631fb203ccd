public import Domain
import Foundation
import GRDB

extension Connection {
  /// Keeps items out of queries, or brings up to date why they are.
  ///
  /// - Complexity: O(exclusions); the caller writes large sets in parts.
  public func saveExclusions(_ exclusions: [Exclusion], of project: ProjectID) throws {
    for exclusion in exclusions {
      try run(
        """
        INSERT INTO exclusion(project_id, row, item_id, round, method, probability, reason, neighbours, outlier_group)
        SELECT ?1, ?2, id, ?3, ?4, ?5, ?6, ?7, ?8 FROM item WHERE project_id = ?1 AND row = ?2
        ON CONFLICT (project_id, row) DO UPDATE SET round = ?3, method = ?4, probability = ?5, reason = ?6,
          neighbours = ?7, outlier_group = ?8
        """, project.rawValue, exclusion.row, exclusion.round, exclusion.method, exclusion.probability,
        exclusion.reason, "[\(exclusion.neighbours.map(String.init).joined(separator: ","))]", exclusion.group)
    }
  }

  /// Lets items be asked again.
  public func deleteExclusions(rows: [Int], of project: ProjectID) throws {
    for row in rows {
      try run("DELETE FROM exclusion WHERE project_id = ? AND row = ?", project.rawValue, row)
    }
  }

  /// Notes that a person put an item back.
  public func insertRestoration(row: Int, of project: ProjectID, by user: UserID, now: Timestamp) throws {
    try run(
      """
      INSERT INTO restoration(project_id, row, item_id, user_id, created_at)
      SELECT ?1, ?2, id, ?3, ?4 FROM item WHERE project_id = ?1 AND row = ?2
      ON CONFLICT (project_id, row) DO NOTHING
      """, project.rawValue, row, user.rawValue, now.milliseconds)
  }

  /// Forgets that a person put an item back, since one leaves it out now.
  public func deleteRestoration(row: Int, of project: ProjectID) throws {
    try run("DELETE FROM restoration WHERE project_id = ? AND row = ?", project.rawValue, row)
  }

  /// Rows that are kept out, ascending.
  ///
  /// - Parameter method: only those that this method keeps out.
  public func excludedRows(of project: ProjectID, method: String? = nil) throws -> [Int] {
    try all(
      "SELECT row FROM exclusion WHERE project_id = ?1 AND (?2 IS NULL OR method = ?2) ORDER BY row", project.rawValue,
      method
    ) { $0[0] }
  }

  /// Rows that people put back, ascending.
  public func restoredRows(of project: ProjectID) throws -> [Int] {
    try all("SELECT row FROM restoration WHERE project_id = ? ORDER BY row", project.rawValue) { $0[0] }
  }

  private static let exclusionColumns = """
    SELECT row, round, method, probability, reason, neighbours, outlier_group FROM exclusion
    """

  private static func exclusion(_ row: Row) throws -> Exclusion {
    let neighbours = try JSONDecoder().decode([Int].self, from: Data((row[5] as String).utf8))
    return Exclusion(
      row: row[0], round: row[1], method: row[2], probability: row[3], reason: row[4], neighbours: neighbours,
      group: row[6])
  }

  /// A page of exclusions in the order of rows.
  ///
  /// - Parameters:
  ///   - group: only those of a group.
  ///   - after: the last row of the page before.
  public func exclusions(of project: ProjectID, group: Int?, after: Int, limit: Int) throws -> [Exclusion] {
    try all(
      Self.exclusionColumns
        + " WHERE project_id = ?1 AND row > ?2 AND (?3 IS NULL OR outlier_group = ?3) ORDER BY row LIMIT ?4",
      project.rawValue, after, group, limit, as: Self.exclusion)
  }

  /// Why one item is kept out; `nil` where it is not.
  public func exclusion(row: Int, of project: ProjectID) throws -> Exclusion? {
    try first(
      Self.exclusionColumns + " WHERE project_id = ? AND row = ?", project.rawValue, row, as: Self.exclusion)
  }

  /// The groups of exclusions with their sizes, largest first, and the rows to show of each.
  public func exclusionGroups(of project: ProjectID, representatives: Int) throws -> [(
    group: Int?, count: Int, rows: [Int]
  )] {
    let groups = try all(
      """
      SELECT outlier_group, count(*) FROM exclusion WHERE project_id = ? GROUP BY outlier_group
      ORDER BY outlier_group IS NULL, count(*) DESC, outlier_group
      """, project.rawValue
    ) { (group: $0[0] as Int?, count: $0[1] as Int) }
    return try groups.map { entry in
      let rows = try all(
        """
        SELECT row FROM exclusion WHERE project_id = ? AND outlier_group IS ? ORDER BY probability DESC, row LIMIT ?
        """, project.rawValue, entry.group, representatives
      ) { $0[0] as Int }
      return (entry.group, entry.count, rows)
    }
  }

  /// The items at some rows, in the order of `rows`; removed ones are missing.
  public func items(rows: [Int], in project: ProjectID) throws -> [Item] {
    try rows.compactMap { row in
      try first(Self.itemColumns + " WHERE project_id = ? AND row = ?", project.rawValue, row, as: Self.item)
    }
  }
}
