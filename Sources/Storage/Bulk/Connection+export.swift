public import Domain
import GRDB

extension Connection {
  /// What stands in a project with its items, in the order of items: what exports are made of.
  ///
  /// Items that were ever adjudicated are among them, whether somebody labelled them or not. One walk along the index of
  /// annotations by item, so that the first record comes at once and items that nobody labelled cost nothing.
  ///
  /// - Parameters:
  ///   - withContent: whether the records say what their items consist of; whoever only counts need not read that.
  ///   - body: gets a record that is filled anew for the next.
  /// - Complexity: O(annotations · log), memory for one record and the identifiers of adjudicated items.
  public func forEachExported(
    in project: ProjectID, withContent: Bool = true, _ body: (borrowing ExportRecord) throws -> Void
  ) throws {
    var adjudicated = Set(
      try all("SELECT item_id FROM adjudication WHERE project_id = ?", project.rawValue) { $0[0] as Int64 }
    ).sorted(by: >)
    var record = ExportRecord()
    var strategies = StrategyNames()

    func finish() throws {
      guard record.item.rawValue != 0 else { return }
      try body(record)
      record.said.removeAll(keepingCapacity: true)
      record.labels.removeAll(keepingCapacity: true)
    }
    /// Records of items before this one on which nothing stands, but which were adjudicated.
    func passAdjudicated(before item: Int64) throws {
      while let next = adjudicated.last, next <= item {
        adjudicated.removeLast()
        guard next < item else { continue }
        try forEachRaw("\(Self.exportedItem(withContent)) WHERE i.id = ?", next) { record.take(item: $0, from: 0) }
        try finish()
      }
    }

    try forEachRaw(Self.exported(withContent), project.rawValue) { row in
      let item = row.integer(Self.firstItemColumn)
      if item != record.item.rawValue {
        try finish()
        record.item = ItemID(0)
        try passAdjudicated(before: item)
        record.take(item: row, from: Self.firstItemColumn)
      }
      let id = AnnotationID(row.integer(0))
      if record.said.last?.id != id { record.take(annotation: row, id: id, &strategies) }
      guard !row.isNull(Self.labelColumn) else { return }
      record.labels.append(LabelID(row.integer(Self.labelColumn)))
      record.said[record.said.count - 1].labels =
        record.said[record.said.count - 1].labels.lowerBound..<record.labels.count
    }
    try finish()
    record.item = ItemID(0)
    try passAdjudicated(before: .max)
  }

  private static func exportedColumns(_ withContent: Bool) -> String {
    "i.id, i.key, i.row, i.state, i.evaluation, "
      + (withContent ? "i.meta, c.text, c.image_hash, c.image_format, c.vector" : "NULL, NULL, NULL, NULL, NULL")
  }
  private static func contentJoin(_ withContent: Bool) -> String {
    withContent ? "LEFT JOIN item_content c ON c.item_id = i.id" : ""
  }
  private static func exportedItem(_ withContent: Bool) -> String {
    "SELECT \(exportedColumns(withContent)) FROM item i \(contentJoin(withContent))"
  }
  private static let labelColumn: Int32 = 12
  private static let firstItemColumn: Int32 = 13
  /// The items of a project lie between its first and its last: the index of annotations by item knows no projects.
  static let annotationsOfProject = """
    a.item_id >= (SELECT id FROM item WHERE project_id = ?1 ORDER BY row LIMIT 1)
      AND a.item_id <= (SELECT id FROM item WHERE project_id = ?1 ORDER BY row DESC LIMIT 1) AND a.project_id = ?1
    """
  private static func exported(_ withContent: Bool) -> String {
    """
    SELECT a.id, a.annotator_id, a.outcome, a.note, a.duration_ms, a.strategy, a.round, a.rank, a.utility, a.propensity,
      a.evaluation, a.created_at, l.label_id, \(exportedColumns(withContent))
    FROM annotation a INDEXED BY annotation_of_item
    CROSS JOIN item i ON i.id = a.item_id \(contentJoin(withContent))
    LEFT JOIN annotation_label l ON l.annotation_id = a.id
    WHERE \(annotationsOfProject) AND NOT EXISTS (SELECT 1 FROM retraction r WHERE r.annotation_id = a.id)
    ORDER BY a.item_id, a.id, l.label_id
    """
  }
}

/// Names of strategies as bytes, of which an export has few and one at a time.
private struct StrategyNames {
  private var known: [[UInt8]] = []

  mutating func name(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    for name in known where name.elementsEqual(bytes) { return name }
    let name = Array(bytes)
    if known.count < 64 { known.append(name) }
    return name
  }
}

extension ExportRecord {
  fileprivate mutating func take(item row: RawRow, from first: Int32) {
    item = ItemID(row.integer(first))
    key.replace(with: row.bytes(first + 1))
    self.row = Int(row.integer(first + 2))
    state = ItemState(rawValue: Int(row.integer(first + 3))) ?? .excluded
    evaluation = row.integer(first + 4) == 1
    meta.replace(with: row.bytes(first + 5))
    if !row.isNull(first + 6) {
      kind = .text
      content.replace(with: row.bytes(first + 6))
    } else if !row.isNull(first + 7) {
      kind = .image
      content.replace(with: row.bytes(first + 7))
      format.replace(with: row.isNull(first + 8) ? UnsafeRawBufferPointer(start: nil, count: 0) : row.bytes(first + 8))
      if format.isEmpty { format.append(contentsOf: "png".utf8) }
    } else if !row.isNull(first + 9) {
      kind = .vector
      content.replace(with: row.bytes(first + 9))
    } else {
      kind = .none
      content.removeAll(keepingCapacity: true)
    }
  }

  fileprivate mutating func take(annotation row: RawRow, id: AnnotationID, _ strategies: inout StrategyNames) {
    said.append(
      Said(
        id: id, annotator: UserID(row.integer(1)), outcome: Outcome(rawValue: Int(row.integer(2))) ?? .skip,
        labels: labels.count..<labels.count, note: row.isNull(3) ? nil : Array(row.bytes(3)),
        durationMilliseconds: row.optionalInteger(4), strategy: strategies.name(row.bytes(5)),
        round: row.optionalInteger(6), rank: row.optionalInteger(7), utility: row.optionalNumber(8),
        propensity: row.optionalNumber(9), evaluation: row.integer(10) == 1,
        createdAt: Timestamp(milliseconds: row.integer(11))))
  }
}

extension [UInt8] {
  /// Takes other bytes, keeping its storage.
  fileprivate mutating func replace(with bytes: UnsafeRawBufferPointer) {
    removeAll(keepingCapacity: true)
    append(contentsOf: bytes)
  }
}
