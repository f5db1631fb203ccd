public import Domain
public import Storage

extension LabelingService {
  /// Items that a search looks through before it asks whether anybody still waits for it.
  private static let searchStep: Int64 = 20_000

  /// A page of items in the order of their arrival.
  ///
  /// A search by words reads the pool until its page is full: on a thread of its own, and no further once the task that
  /// waits for it is cancelled. All other pages come from indexes, in the time that their items take.
  ///
  /// - Parameter label: the name of a label that items must bear.
  /// - Throws: ``LabelingError/invalid(_:)`` where the project has no such label.
  public func items(
    in project: ProjectID, _ filter: ItemFilter, label: String?, after: ItemID?, limit: Int
  ) async throws -> [(item: Item, content: ItemContent?)] {
    var filter = filter
    if let label {
      guard let known = try overview(of: project).project.label(named: label) else {
        throw LabelingError.invalid("/label", "“\(label)” is not a label of this project.")
      }
      filter.label = known.id
    }
    guard filter.query != nil else {
      return try store.read { try Self.withContent($0.items(in: project, filter, after: after, limit: limit), $0) }
    }
    let wanted = filter
    let abandoned = Abandonment()
    return try await withTaskCancellationHandler {
      try await searches.run { [store] in
        try store.read { connection in
          let last = try connection.newestItem(of: project)?.rawValue ?? 0
          var found: [Item] = []
          var place = after?.rawValue ?? 0
          while found.count < limit, place < last {
            if abandoned.isSet { throw CancellationError() }
            let end = place + Self.searchStep
            found += try connection.items(
              in: project, wanted, after: ItemID(place), through: ItemID(end), limit: limit - found.count)
            place = end
          }
          return try Self.withContent(found, connection)
        }
      }
    } onCancel: {
      abandoned.set()
    }
  }

  private static func withContent(
    _ items: [Item], _ connection: Connection
  ) throws -> [(item: Item, content: ItemContent?)] {
    try items.map { ($0, try connection.content(of: $0.id)) }
  }
}
