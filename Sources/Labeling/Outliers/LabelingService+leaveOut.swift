public import Domain
import Storage

extension Exclusion {
  /// The method of what a person left out: no run of a filter lets it go.
  static let byHand = "by_hand"
  /// Groups that people made are numbered from here on, apart from those that a filter finds.
  static let firstGroupByHand = 1_000_000
}

extension LabelingService {
  /// Keeps items out of queries by hand, as one group, until somebody puts them back.
  ///
  /// Items that somebody holds or has answered are passed over, and so are those of the evaluation reserve, which must
  /// stay a uniform draw from the whole pool.
  ///
  /// - Parameter reason: why, for a person.
  /// - Returns: the group's number and how many items it has, none of which had been kept out before.
  /// - Throws: ``LabelingError/invalid(_:)`` where an item is not in the project.
  public func leaveOut(
    _ items: [ItemID], in project: ProjectID, reason: String
  ) async throws -> (group: Int, count: Int) {
    let now = clock()
    return try await onBoard(project) { board, connection in
      var rows: [Int] = []
      for (index, id) in items.enumerated() {
        guard let item = try connection.item(id, in: project) else {
          throw LabelingError.invalid("/items/\(index)", "There is no item \(id) in this project.")
        }
        if !board.pool.isFiltered(item.row) { rows.append(item.row) }
      }
      let group = max(
        Exclusion.firstGroupByHand,
        (try connection.exclusionGroups(of: project, representatives: 0).compactMap(\.group).max() ?? 0) + 1)
      try board.exclude(
        rows.map {
          Exclusion(
            row: $0, round: board.ranking.round ?? 0, method: Exclusion.byHand, probability: 1, reason: reason,
            neighbours: [], group: group)
        }, connection: connection)
      let left = rows.filter { board.pool.isFiltered($0) }
      for row in left { try connection.deleteRestoration(row: row, of: project) }
      if !left.isEmpty {
        try connection.audit(
          "item.leave_out", AuditSubject("items", nil, in: project),
          after: [
            "items": .array(items.map { .string("\($0)") }), "left_out": .integer(Int64(left.count)),
            "reason": .string(reason),
          ], at: now)
      }
      return (group, left.count)
    }
  }
}
