public import Domain
import GRDB

/// Which items of a project a page shows; all of them where nothing is asked.
public struct ItemFilter: Sendable {
  /// Only items in that state; a leased item counts as unlabelled here.
  public var state: ItemState?
  /// Only items that somebody holds, or only others.
  public var leased: Bool?
  /// Only items on which that label stands.
  public var label: LabelID?
  /// Only items whose key or text contains these words, whatever their case.
  public var query: String?

  /// Puts a filter together.
  public init(state: ItemState? = nil, leased: Bool? = nil, label: LabelID? = nil, query: String? = nil) {
    self.state = state
    self.leased = leased
    self.label = label
    self.query = query
  }
}

extension Connection {
  /// Items that bear a label and are looked at one by one; where there are more of them, a page fills sooner from the
  /// annotations in the order of items.
  static let rareLabel = 10_000

  /// A page of a project's items in the order of their arrival.
  ///
  /// - Parameters:
  ///   - after: the last item of the page before.
  ///   - through: the last item to look at, for searches that go on piece by piece.
  /// - Complexity: O(limit · log items) whatever the pool's size, by state and lease too; by label O(limit), or that of the
  ///   items that bear it while they are few; a search by words reads the pool until the page is full.
  public func items(
    in project: ProjectID, _ filter: ItemFilter = ItemFilter(), after: ItemID?, through: ItemID? = nil, limit: Int
  ) throws -> [Item] {
    let rare = try filter.label.map { try uses(of: $0, atMost: Self.rareLabel) < Self.rareLabel }
    return try all(
      Self.page(filter, rareLabel: rare ?? false), project.rawValue, after?.rawValue ?? 0, filter.state?.rawValue,
      filter.label?.rawValue, filter.query?.lowercased(), limit, through?.rawValue ?? Int64.max, as: Self.item)
  }

  /// Each filter walks the index that has the items it asks for in the order of the page.
  private static func page(_ filter: ItemFilter, rareLabel: Bool) -> String {
    let columns = "i.id, i.key, i.row, i.state, i.evaluation, i.meta, i.created_at"
    var conditions: [String] = []
    if filter.leased == false { conditions.append("NOT EXISTS (\(lease))") }
    if filter.query != nil { conditions += ["i.id <= ?7", words] }
    // Every parameter is named, so that the statement always takes the same seven.
    let same = "(?3 IS NULL OR 1) AND (?4 IS NULL OR 1) AND (?5 IS NULL OR 1) AND (?7 IS NULL OR 1)"
    func wanted(_ more: [String]) -> String { (more + conditions + [same]).joined(separator: " AND ") }
    let state = filter.state == nil ? [] : ["i.state = ?3"]
    let end = "ORDER BY i.id LIMIT ?6"

    if filter.label != nil {
      let held = filter.leased == true ? ["EXISTS (\(lease))"] : []
      let candidates =
        rareLabel
        ? """
        SELECT DISTINCT a.item_id FROM annotation_label l CROSS JOIN annotation a ON a.id = l.annotation_id
        WHERE l.label_id = ?4 AND a.item_id > ?2 AND a.item_id <= ?7 AND \(stands) ORDER BY a.item_id
        """
        : """
        SELECT DISTINCT a.item_id FROM annotation a INDEXED BY annotation_of_item
        CROSS JOIN annotation_label l ON l.annotation_id = a.id
        WHERE a.item_id > ?2 AND a.item_id <= ?7 AND l.label_id = ?4 AND \(stands) ORDER BY a.item_id
        """
      return """
        SELECT \(columns) FROM (\(candidates)) AS c CROSS JOIN item i ON i.id = c.item_id
        WHERE \(wanted(["i.project_id = ?1"] + state + held)) LIMIT ?6
        """
    }
    if filter.leased == true {
      return """
        SELECT \(columns) FROM (SELECT DISTINCT item_id FROM lease INDEXED BY lease_active
        WHERE project_id = ?1 AND ended IS NULL AND item_id > ?2 AND item_id <= ?7 ORDER BY item_id) AS c
        CROSS JOIN item i ON i.id = c.item_id WHERE \(wanted(state)) LIMIT ?6
        """
    }
    let arm = "SELECT \(columns) FROM item i INDEXED BY item_by_state WHERE i.project_id = ?1 AND i.id > ?2"
    guard filter.state == nil else { return "\(arm) AND \(wanted(state)) \(end)" }
    // The index has the items of each state in order: as many of each as the page could hold, merged.
    let arms = ItemState.allCases.map { "SELECT * FROM (\(arm) AND \(wanted(["i.state = \($0.rawValue)"])) \(end))" }
    return "\(arms.joined(separator: " UNION ALL ")) ORDER BY id LIMIT ?6"
  }

  private static let lease = """
    SELECT 1 FROM lease l WHERE l.project_id = i.project_id AND l.item_id = i.id AND l.ended IS NULL
    """
  private static let words = """
    (instr(lower(i.key), ?5) > 0
    OR EXISTS (SELECT 1 FROM item_content c WHERE c.item_id = i.id AND instr(lower(c.text), ?5) > 0))
    """
  private static let stands = "NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)"

  /// The item that joined a project's pool last.
  public func newestItem(of project: ProjectID) throws -> ItemID? {
    try first("SELECT id FROM item WHERE project_id = ? ORDER BY row DESC LIMIT 1", project.rawValue) { ItemID($0[0]) }
  }

  /// How many annotations chose a label, counted no further than a bound.
  private func uses(of label: LabelID, atMost bound: Int) throws -> Int {
    try first(
      "SELECT count(*) FROM (SELECT 1 FROM annotation_label WHERE label_id = ? LIMIT ?)", label.rawValue, bound
    ) { $0[0] } ?? 0
  }
}
