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
  /// A page of what is looked for, in the order of arrival.
  ///
  /// - Parameter after: the last item of the page before.
  /// - Complexity: O(limit) without a filter or by state; others read the pool until the page is full.
  public func items(_ search: PoolSearch, after: ItemID?, limit: Int) throws -> [Item] {
    var sql = Self.itemColumns + " WHERE project_id = ? AND id > ?"
    var values: [(any DatabaseValueConvertible)?] = [search.project.rawValue, after?.rawValue ?? 0]
    func narrow(_ condition: String, _ more: (any DatabaseValueConvertible)?...) {
      sql += " AND " + condition
      values += more
    }
    let stands = "NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)"
    if let state = search.state { narrow("state = ?", state.rawValue) }
    if let leased = search.leased {
      narrow(
        """
        \(leased ? "" : "NOT ")EXISTS (SELECT 1 FROM lease l
        WHERE l.project_id = item.project_id AND l.item_id = item.id AND l.ended IS NULL)
        """)
    }
    if let label = search.label {
      narrow(
        """
        EXISTS (SELECT 1 FROM annotation a JOIN annotation_label l ON l.annotation_id = a.id
        WHERE a.item_id = item.id AND l.label_id = ? AND \(stands))
        """, label.rawValue)
    }
    if let annotator = search.annotator {
      narrow(
        "EXISTS (SELECT 1 FROM annotation a WHERE a.item_id = item.id AND a.annotator_id = ? AND \(stands))",
        annotator.rawValue)
    }
    if let isFlagged = search.isFlagged {
      narrow(
        """
        \(isFlagged ? "" : "NOT ")EXISTS (SELECT 1 FROM annotation a
        WHERE a.item_id = item.id AND a.outcome = 2 AND \(stands))
        """)
    }
    if search.isAnswered {
      narrow("EXISTS (SELECT 1 FROM annotation a WHERE a.item_id = item.id AND a.outcome = 0 AND \(stands))")
    }
    if search.isDisputed {
      // An opinion is the set of its labels, written in their order.
      narrow(
        """
        (SELECT count(DISTINCT (SELECT coalesce(group_concat(label_id), '')
          FROM (SELECT label_id FROM annotation_label WHERE annotation_id = a.id ORDER BY label_id)))
        FROM annotation a WHERE a.item_id = item.id AND a.outcome = 0 AND \(stands)) > 1
        """)
    }
    for word in search.words {
      narrow(
        """
        (instr(lower(key), ?) > 0
        OR EXISTS (SELECT 1 FROM item_content c WHERE c.item_id = item.id AND instr(lower(c.text), ?) > 0))
        """, word, word)
    }
    values.append(limit)
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: sql + " ORDER BY id LIMIT ?"), arguments: StatementArguments(values))
    return rows.map(Self.item)
  }
}
