public import Domain
import GRDB

/// What is looked for among a project's items; what is not said does not matter.
public struct PoolSearch: Sendable {
  /// The project.
  public var project: ProjectID
  /// Only items in this state; a leased item counts as unlabelled here.
  public var state: ItemState?
  /// Only items that somebody holds, or that nobody does.
  public var leased: Bool?
  /// Only items on which this label stands.
  public var label: LabelID?
  /// Only items about which this person's word stands.
  public var annotator: UserID?
  /// Only items that somebody flagged, or only others.
  public var isFlagged: Bool?
  /// Only items about which people said different things.
  public var isDisputed = false
  /// Only items about which somebody's label stands.
  public var isAnswered = false
  /// Only items whose key or text contains each of these, in lower case.
  public var words: [String] = []

  /// Looks for every item of a project.
  public init(project: ProjectID) { self.project = project }
}

extension Connection {
  /// What is looked for in a stretch of the pool, in the order of arrival.
  ///
  /// - Parameters:
  ///   - after: the last item before the stretch.
  ///   - through: the last identifier of the stretch.
  /// - Complexity: O(limit) by state; else O(items and annotations of the stretch), however many annotations an annotator
  ///   or a label has elsewhere. Words read the texts of the stretch.
  public func items(_ search: PoolSearch, after: Int64, through: Int64, limit: Int) throws -> [Item] {
    var sql = Self.itemColumns + " WHERE "
    // Without a state the stretch is walked by identifier: the other index has the project's items in the order of rows,
    // and would have all of them sorted for each page.
    sql += search.state == nil ? "+project_id = ?" : "project_id = ?"
    sql += " AND id > ? AND id <= ?"
    var values: [(any DatabaseValueConvertible)?] = [search.project.rawValue, after, through]
    func narrow(_ condition: String, _ more: [(any DatabaseValueConvertible)?]) {
      sql += " AND " + condition
      values += more
    }
    /// The items of the stretch with annotations that stand and fit; worked out once, from the annotations of the stretch.
    func narrow(
      annotated condition: String, _ more: (any DatabaseValueConvertible)?..., grouped: String = "", isSo: Bool = true
    ) {
      narrow(
        """
        id \(isSo ? "" : "NOT ")IN (SELECT a.item_id FROM annotation a INDEXED BY annotation_of_item
        WHERE a.item_id > ? AND a.item_id <= ? AND \(condition)
        AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)\(grouped))
        """, [after, through] + more)
    }
    if let state = search.state { narrow("state = ?", [state.rawValue]) }
    if let leased = search.leased {
      narrow(
        """
        id \(leased ? "" : "NOT ")IN (SELECT l.item_id FROM lease l INDEXED BY lease_active
        WHERE l.project_id = ? AND l.ended IS NULL AND l.item_id > ? AND l.item_id <= ?)
        """, [search.project.rawValue, after, through])
    }
    if let label = search.label {
      narrow(
        annotated: "EXISTS (SELECT 1 FROM annotation_label l WHERE l.annotation_id = a.id AND l.label_id = ?)",
        label.rawValue)
    }
    if let annotator = search.annotator { narrow(annotated: "a.annotator_id = ?", annotator.rawValue) }
    if let isFlagged = search.isFlagged { narrow(annotated: "a.outcome = 2", isSo: isFlagged) }
    if search.isAnswered { narrow(annotated: "a.outcome = 0") }
    if search.isDisputed {
      // An opinion is the set of its labels, written in their order.
      narrow(
        annotated: "a.outcome = 0",
        grouped: """
           GROUP BY a.item_id HAVING count(*) > 1 AND count(DISTINCT (SELECT coalesce(group_concat(label_id), '')
          FROM (SELECT label_id FROM annotation_label WHERE annotation_id = a.id ORDER BY label_id))) > 1
          """)
    }
    for word in search.words {
      // SQLite's own lower() knows the letters of ASCII alone, and is several times as fast.
      let lower = word.utf8.allSatisfy { $0 < 0x80 } ? "lower" : "swiftLowercaseString"
      narrow(
        """
        (instr(\(lower)(key), ?) > 0
        OR EXISTS (SELECT 1 FROM item_content c WHERE c.item_id = item.id AND instr(\(lower)(c.text), ?) > 0))
        """, [word, word])
    }
    values.append(limit)
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: sql + " ORDER BY id LIMIT ?"), arguments: StatementArguments(values))
    return rows.map(Self.item)
  }

  /// The identifiers of the items of a project that joined its pool first and last; `nil` for an empty pool.
  ///
  /// - Complexity: O(log items).
  public func itemRange(of project: ProjectID) throws -> ClosedRange<Int64>? {
    func end(_ order: String) throws -> Int64? {
      try first("SELECT id FROM item WHERE project_id = ? ORDER BY row \(order) LIMIT 1", project.rawValue) { $0[0] }
    }
    guard let oldest = try end("ASC"), let newest = try end("DESC") else { return nil }
    return oldest...newest
  }
}
