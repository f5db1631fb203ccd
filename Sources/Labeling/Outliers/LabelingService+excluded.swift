public import Domain
import Storage

/// An item that the outlier filter keeps out of queries, with what speaks against it.
public struct ExcludedItem: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// Why it is kept out.
  public var exclusion: Exclusion
  /// The labelled items that spoke against it, with the label that stands on each.
  public var neighbours: [(item: ItemID, label: String?)]
}

/// Excluded items that are alike.
public struct ExcludedGroup: Sendable {
  /// Its number; `nil` for those that stand alone.
  public var group: Int?
  /// How many items it has.
  public var count: Int
  /// A few of them, to judge it by.
  public var representatives: [(item: Item, content: ItemContent?)]
}

extension LabelingService {
  /// A page of what the outlier filter keeps out of queries, in the order of arrival.
  ///
  /// - Parameters:
  ///   - group: only one group of items that are alike.
  ///   - after: the row of the last item of the page before.
  public func excluded(in project: ProjectID, group: Int?, after: Int?, limit: Int) throws -> [ExcludedItem] {
    let definition = try overview(of: project).project
    return try store.read { connection in
      try connection.exclusions(of: project, group: group, after: after ?? -1, limit: limit).compactMap { exclusion in
        guard let item = try connection.items(rows: [exclusion.row], in: project).first else { return nil }
        let neighbours = try connection.items(rows: exclusion.neighbours, in: project).map { neighbour in
          let labels = try connection.standingAnnotations(of: neighbour.id).flatMap(\.labels)
          return (neighbour.id, labels.first.flatMap { definition.label($0)?.name })
        }
        return ExcludedItem(
          item: item, content: try connection.content(of: item.id), exclusion: exclusion, neighbours: neighbours)
      }
    }
  }

  /// The groups of what the filter keeps out, largest first.
  public func excludedGroups(in project: ProjectID, representatives: Int = 6) throws -> [ExcludedGroup] {
    _ = try overview(of: project)
    return try store.read { connection in
      try connection.exclusionGroups(of: project, representatives: representatives).map { group, count, rows in
        ExcludedGroup(
          group: group, count: count,
          representatives: try connection.items(rows: rows, in: project).map { ($0, try connection.content(of: $0.id)) }
        )
      }
    }
  }

  /// Why the item is kept out of queries; `nil` where it is not.
  public func exclusion(of item: Item, in project: ProjectID) throws -> Exclusion? {
    try store.read { try $0.exclusion(row: item.row, of: project) }
  }

  /// Puts items back by hand: they are ranked again from the next round on, and no filter keeps them out again.
  ///
  /// - Returns: how many had been kept out.
  /// - Throws: ``LabelingError`` where an item is not in the project, or was excluded by a person's flag.
  public func restore(_ items: [ItemID], in project: ProjectID, by user: User) async throws -> Int {
    let now = clock()
    return try await onBoard(project) { board, connection in
      var rows: [Int] = []
      for (index, id) in items.enumerated() {
        guard let item = try connection.item(id, in: project) else {
          throw LabelingError.invalid("/items/\(index)", "There is no item \(id) in this project.")
        }
        if board.flags[item.row, default: 0] > 0 {
          throw LabelingError.conflict(
            "Item \(id) was flagged by a person: it comes back when that annotation is taken back.")
        }
        if board.pool.isFiltered(item.row) { rows.append(item.row) }
      }
      try board.restore(rows, by: user.id, now: now, connection: connection)
      if !rows.isEmpty {
        try connection.audit(
          "item.restore", AuditSubject("items", nil, in: project),
          after: ["items": .array(items.map { .string("\($0)") }), "restored": .integer(Int64(rows.count))], at: now)
      }
      return rows.count
    }
  }

  /// Puts a whole group back by hand.
  ///
  /// - Returns: how many items it had.
  public func restore(group: Int, in project: ProjectID, by user: User) async throws -> Int {
    let now = clock()
    return try await onBoard(project) { board, connection in
      let rows = try connection.exclusions(of: project, group: group, after: -1, limit: Int.max).map(\.row)
      guard !rows.isEmpty else { throw LabelingError.notFound("group \(group) of excluded items") }
      try board.restore(rows, by: user.id, now: now, connection: connection)
      try connection.audit(
        "item.restore", AuditSubject("items", nil, in: project),
        after: ["group": .integer(Int64(group)), "restored": .integer(Int64(rows.count))], at: now)
      return rows.count
    }
  }
}
