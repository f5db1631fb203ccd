public import Domain
import Storage

extension LabelingService {
  /// Items that are read at once.
  private static let chunk = 500
  /// Items that one page looks at, at most, where few fit what the model is asked for.
  private static let looked = 50_000

  /// A page of the pool as a table, in the order of arrival.
  ///
  /// A page may be short, or empty, although more is to come: `next` says where to go on, and is `nil` at the end.
  ///
  /// - Parameter after: the last item that the page before looked at.
  /// - Complexity: O(limit) by state, label or annotator; words and guesses look at items until the page is full, each
  ///   block of guesses being worked out once for a round.
  public func explore(
    _ filter: PoolFilter, in project: ProjectID, after: ItemID?, limit: Int
  ) async throws -> (rows: [PoolRow], next: ItemID?) {
    let definition = try overview(of: project).project
    let (search, wanted) = try lookUp(filter, in: definition)
    return try await glance.run { [self] in
      let guesser = try Guesser(service: self, project: definition)
      let judges = wanted != nil || filter.disagreement == .model
      if judges, guesser == nil { return ([], nil) }
      var (rows, cursor, seen): ([PoolRow], ItemID?, Int) = ([], after, 0)
      while true {
        // A chunk no longer than needed where every item fits.
        let size = judges ? Self.chunk : min(Self.chunk, limit + 1 - rows.count)
        let position = cursor
        let found = try store.read { try $0.items(search, after: position, limit: size) }
        for item in found {
          let guess = try guesser?.guess(item.row)
          if let wanted, guess?.label != wanted {
            cursor = item.id
            continue
          }
          let row = try self.row(item, guess, definition)
          if filter.disagreement == .model, row.guess.map({ row.labels.contains($0.label) }) ?? true {
            cursor = item.id
            continue
          }
          // One more than the page holds: there is a next one.
          if rows.count == limit { return (rows, cursor) }
          rows.append(row)
          cursor = item.id
        }
        seen += found.count
        if found.count < size { return (rows, nil) }
        if seen >= Self.looked { return (rows, cursor) }
      }
    }
  }

  /// What the database is asked for, and the label that the model is to hold likeliest.
  private func lookUp(
    _ filter: PoolFilter, in project: Project
  ) throws -> (search: PoolSearch, predicted: LabelID?) {
    func label(_ name: String?, _ pointer: String) throws -> LabelID? {
      guard let name else { return nil }
      guard let known = project.label(named: name) else {
        throw LabelingError.invalid(pointer, "“\(name.prefix(200))” is not a label of this project.")
      }
      return known.id
    }
    var search = PoolSearch(project: project.id)
    (search.state, search.leased, search.annotator) = (filter.state, filter.leased, filter.annotator)
    search.label = try label(filter.label, "/label")
    search.isFlagged = filter.isFlagged
    search.isDisputed = filter.disagreement == .annotators
    search.isAnswered = filter.disagreement == .model
    search.words = filter.query?.lowercased().split(whereSeparator: \.isWhitespace).map(String.init) ?? []
    return (search, try label(filter.predicted, "/predicted"))
  }

  private func row(
    _ item: Item, _ guess: (label: LabelID, probability: Double)?, _ project: Project
  ) throws -> PoolRow {
    let (content, annotations) = try store.read {
      (try $0.content(of: item.id), item.state == .unlabelled ? [] : try $0.standingAnnotations(of: item.id))
    }
    let given = Set(annotations.flatMap(\.labels))
    return PoolRow(
      item: item, content: content, labels: project.labels.filter { given.contains($0.id) }.map(\.name),
      annotators: Array(Set(annotations.map(\.annotator))).sorted { $0.rawValue < $1.rawValue },
      flags: annotations.filter { $0.outcome == .flag }.map { ($0.annotator, $0.note, $0.createdAt) },
      guess: guess.flatMap { guess in project.label(guess.label).map { ($0.name, guess.probability) } })
  }
}
