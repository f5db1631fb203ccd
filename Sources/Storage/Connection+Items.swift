public import Domain
import Foundation
import GRDB

/// An item about to join a pool.
public struct NewItem: Sendable {
  /// The caller's identifier.
  public var key: String
  /// What it consists of.
  public var content: ItemContent
  /// The caller's features.
  public var embedding: [Float]?
  /// The caller's data, as JSON text.
  public var meta: String?
  /// The caller's predictions, as JSON text.
  public var predictions: String?
  /// Whether it belongs to the evaluation reserve.
  public var evaluation: Bool
  /// Above 0: asked before the ranking.
  public var priority: Int

  /// Puts an item together.
  public init(
    key: String, content: ItemContent, embedding: [Float]?, meta: String?, predictions: String?, evaluation: Bool,
    priority: Int
  ) {
    self.key = key
    self.content = content
    self.embedding = embedding
    self.meta = meta
    self.predictions = predictions
    self.evaluation = evaluation
    self.priority = priority
  }
}

/// What memory keeps of each item of a pool.
public struct PoolEntry: Sendable {
  /// The item's identifier.
  public let id: Int64
  /// Its row.
  public let row: Int
  /// Where it stands.
  public let state: ItemState
  /// Whether it is in the evaluation reserve.
  public let evaluation: Bool
  /// Above 0: asked before the ranking.
  public let priority: Int
}

extension Connection {
  /// Adds an item unless its key is taken.
  ///
  /// - Returns: its identifier, or `nil` for a duplicate.
  public func insertItem(_ item: NewItem, row: Int, in project: ProjectID, now: Timestamp) throws -> ItemID? {
    let insertion = try db.cachedStatement(
      sql: """
        INSERT INTO item(project_id, row, key, evaluation, priority, meta, predictions, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project_id, key) DO NOTHING
        """)
    try insertion.execute(arguments: [
      project.rawValue, row, item.key, item.evaluation ? 1 : 0, item.priority, item.meta, item.predictions,
      now.milliseconds,
    ])
    guard db.changesCount > 0 else { return nil }
    let id = db.lastInsertedRowID
    var text: String?
    var hash: String?
    var format: String?
    var vector: Data?
    switch item.content {
    case .text(let value): text = value
    case .image(let value, let kind): (hash, format) = (value, kind)
    case .vector(let values): vector = Self.bytes(values)
    }
    let content = try db.cachedStatement(
      sql:
        "INSERT INTO item_content(item_id, text, image_hash, image_format, vector, embedding) VALUES (?, ?, ?, ?, ?, ?)"
    )
    try content.execute(arguments: [id, text, hash, format, vector, item.embedding.map(Self.bytes)])
    return ItemID(id)
  }

  /// Float32 values as little-endian bytes.
  static func bytes(_ values: [Float]) -> Data {
    values.withUnsafeBytes { Data($0) }
  }

  /// What ``bytes(_:)`` wrote.
  static func floats(_ bytes: Data) -> [Float] {
    bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  static let itemColumns = "SELECT id, key, row, state, evaluation, meta, created_at FROM item"

  static func item(_ row: Row) -> Item {
    Item(
      id: ItemID(row[0]), key: row[1], row: row[2], state: ItemState(rawValue: row[3]) ?? .excluded,
      evaluation: (row[4] as Int) == 1, meta: row[5], createdAt: Timestamp(milliseconds: row[6]))
  }

  /// One item of a project.
  public func item(_ id: ItemID, in project: ProjectID) throws -> Item? {
    try first(Self.itemColumns + " WHERE id = ? AND project_id = ?", id.rawValue, project.rawValue, as: Self.item)
  }

  /// The item with the caller's key.
  public func item(key: String, in project: ProjectID) throws -> Item? {
    try first(Self.itemColumns + " WHERE project_id = ? AND key = ?", project.rawValue, key, as: Self.item)
  }

  /// What an item consists of.
  public func content(of item: ItemID) throws -> ItemContent? {
    try first(
      "SELECT text, image_hash, image_format, vector FROM item_content WHERE item_id = ?", item.rawValue,
      as: Self.content) ?? nil
  }

  static func content(_ row: Row) -> ItemContent? {
    if let text = row[0] as String? { return .text(text) }
    if let hash = row[1] as String? { return .image(hash: hash, format: row[2] ?? "png") }
    if let vector = row[3] as Data? { return .vector(floats(vector)) }
    return nil
  }

  /// Content and embedding of the items at `rows`, in the order of their rows; removed items are missing.
  public func contents(in project: ProjectID, rows: Range<Int>) throws -> [(
    row: Int, content: ItemContent, embedding: [Float]?
  )] {
    try all(
      """
      SELECT c.text, c.image_hash, c.image_format, c.vector, c.embedding, i.row FROM item i
      JOIN item_content c ON c.item_id = i.id WHERE i.project_id = ? AND i.row >= ? AND i.row < ? ORDER BY i.row
      """, project.rawValue, rows.lowerBound, rows.upperBound
    ) { row in
      (row[5] as Int, Self.content(row) ?? .text(""), (row[4] as Data?).map(Self.floats))
    }
  }

  /// Content and embedding of the items at some rows, by row; removed items are missing.
  ///
  /// - Complexity: O(rows · log items).
  public func contents(
    in project: ProjectID, at rows: [Int]
  ) throws -> [Int: (content: ItemContent, embedding: [Float]?)] {
    var found: [Int: (content: ItemContent, embedding: [Float]?)] = [:]
    found.reserveCapacity(rows.count)
    for row in rows {
      found[row] = try first(
        """
        SELECT c.text, c.image_hash, c.image_format, c.vector, c.embedding FROM item i
        JOIN item_content c ON c.item_id = i.id WHERE i.project_id = ? AND i.row = ?
        """, project.rawValue, row
      ) { (Self.content($0) ?? .text(""), ($0[4] as Data?).map(Self.floats)) }
    }
    return found
  }

  /// Calls `body` with what memory keeps of each item, in the order of rows.
  public func forEachPoolEntry(of project: ProjectID, _ body: (PoolEntry) -> Void) throws {
    try forEachRaw(
      "SELECT id, row, state, evaluation, priority FROM item WHERE project_id = ? ORDER BY row", project.rawValue
    ) {
      body(
        PoolEntry(
          id: $0.integer(0), row: Int($0.integer(1)), state: ItemState(rawValue: Int($0.integer(2))) ?? .excluded,
          evaluation: $0.integer(3) == 1, priority: Int($0.integer(4))))
    }
  }

  /// How many items of a project are in each state; from the index alone.
  public func stateCounts(of project: ProjectID) throws -> [ItemState: Int] {
    let pairs = try all("SELECT state, count(*) FROM item WHERE project_id = ? GROUP BY state", project.rawValue) {
      (ItemState(rawValue: $0[0]) ?? .excluded, $0[1] as Int)
    }
    return Dictionary(pairs, uniquingKeysWith: +)
  }

  /// Writes an item's state.
  public func setState(_ state: ItemState, of item: ItemID) throws {
    try run("UPDATE item SET state = ? WHERE id = ?", state.rawValue, item.rawValue)
  }

  /// Removes an item with everything that was said about it, and its places in the queues.
  ///
  /// - Returns: the hash of its picture where no other item shows the same.
  /// - Complexity: O(queue), of which the head is kept: at most 2,000 entries.
  public func deleteItem(_ item: ItemID) throws -> String? {
    let hash =
      try first("SELECT image_hash FROM item_content WHERE item_id = ?", item.rawValue) { $0[0] as String? } ?? nil
    // Queues name rows, which nothing else keeps in step with the pool.
    for queue in ["queue_entry", "ask_again_entry"] {
      try run(
        """
        DELETE FROM \(queue) WHERE project_id = (SELECT project_id FROM item WHERE id = ?1)
          AND row = (SELECT row FROM item WHERE id = ?1)
        """, item.rawValue)
    }
    // Annotations go only with what was announced here.
    try run(
      "INSERT INTO removal(project_id, item_id) SELECT project_id, id FROM item WHERE id = ?", item.rawValue)
    try run("DELETE FROM annotation WHERE item_id = ?", item.rawValue)
    try run("DELETE FROM lease WHERE item_id = ?", item.rawValue)
    try run("DELETE FROM item WHERE id = ?", item.rawValue)
    try run("DELETE FROM removal WHERE item_id = ?", item.rawValue)
    guard let hash, try !isReferenced(imageHash: hash) else { return nil }
    return hash
  }

  /// Whether any item shows the picture.
  public func isReferenced(imageHash: String) throws -> Bool {
    try first("SELECT 1 FROM item_content WHERE image_hash = ?", imageHash) { _ in true } ?? false
  }

  /// The pictures of a project.
  public func imageHashes(of project: ProjectID) throws -> [String] {
    try all(
      """
      SELECT DISTINCT image_hash FROM item_content c JOIN item i ON i.id = c.item_id
      WHERE i.project_id = ? AND image_hash IS NOT NULL
      """, project.rawValue
    ) { $0[0] }
  }
}
