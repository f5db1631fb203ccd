public import Domain
import Storage

extension LabelingService {
  /// Settles an item, whatever its annotators say; the item wants no more opinions then.
  ///
  /// The same said again by the same person changes nothing.
  ///
  /// - Parameter labels: the names of the labels that hold; `nil` gives the item back to its annotators.
  /// - Throws: ``LabelingError/invalid(_:)`` with pointers, ``LabelingError/conflict(_:)`` where nothing is to be withdrawn.
  public func adjudicate(
    _ target: Submission.Target, labels: [String]?, note: String?, in project: ProjectID, by user: User
  ) async throws -> (adjudication: Adjudication, item: Item) {
    let now = clock()
    let settled = try await onBoard(project) { board, connection in
      let item: Item
      switch target {
      case .item(let id):
        guard let known = try connection.item(id, in: project) else {
          throw LabelingError.invalid("/item", "There is no item \(id) in this project.")
        }
        item = known
      case .key(let key):
        guard let known = try connection.item(key: key, in: project) else {
          throw LabelingError.invalid("/key", "There is no item with the key “\(key)” in this project.")
        }
        item = known
      }
      let chosen = try labels.map { try board.project.resolve($0, for: .label) }
      // Said again, as by a client whose first answer was lost: it counts once.
      // A withdrawal is known again by its note alone: without one it may as well be a second one, which is told.
      if let known = try connection.adjudication(of: item.id), known.user == user.id, known.note == note,
        known.isWithdrawn == (chosen == nil), known.labels == chosen ?? [], chosen != nil || note != nil
      {
        return (adjudication: known, item: item)
      }
      if chosen == nil, board.adjudicated.contains(item.row) == false {
        throw LabelingError.conflict("Item \(item.id) has not been adjudicated, so there is nothing to withdraw.")
      }
      let before = try connection.adjudication(of: item.id)
      _ = try connection.insertAdjudication(
        of: item.id, in: project, by: user.id, labels: chosen, note: note, now: now)
      try board.setAdjudicated(chosen != nil, row: item.row, connection: connection)
      guard let kept = try connection.adjudication(of: item.id), let changed = try connection.item(item.id, in: project)
      else { throw LabelingError.notFound("item \(item.id)") }
      try connection.audit(
        "item.adjudicate", AuditSubject("item", "\(item.id)", in: project),
        before: before.map { board.project.audited($0) }, after: board.project.audited(kept), at: now)
      return (adjudication: kept, item: changed)
    }
    events.publish(
      "adjudication",
      [("adjudication", .string("\(settled.adjudication.id)")), ("item", .string("\(settled.item.id)"))],
      by: user, in: project)
    return settled
  }

  /// A page of what was settled, newest first, withdrawn ones too, each with the key of its item.
  public func adjudications(
    in project: ProjectID, before: AdjudicationID?, limit: Int
  ) throws -> [(adjudication: Adjudication, key: String)] {
    try store.read { connection in
      try connection.adjudications(in: project, before: before, limit: limit).map {
        ($0, try connection.item($0.item, in: project)?.key ?? "")
      }
    }
  }
}

extension ServingBoard {
  /// Takes into account that an item was settled, or given back.
  func setAdjudicated(_ isSettled: Bool, row: Int, connection: Connection) throws {
    if isSettled { adjudicated.insert(row) } else { adjudicated.remove(row) }
    try settle(row: row, connection: connection)
  }
}
