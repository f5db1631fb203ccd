public import Domain
import Storage

/// A page of the pool as a table.
public struct PoolPage: Sendable {
  /// What was found, in the order of arrival.
  public var rows: [PoolRow] = []
  /// Where to go on; `nil` at the end of the pool.
  public var next: ItemID?
  /// How far into the pool the page has looked, in `0...1`.
  public var progress = 1.0
}

extension LabelingService {
  /// Identifiers that one page looks at, at most, where few items fit.
  private enum Reach {
    /// By what indexes tell.
    static let indexed: Int64 = 2_000_000
    /// By words: texts are read.
    static let words: Int64 = 100_000
    /// By guesses, of which each block is worked out once for a round.
    static let guesses: Int64 = 4 * Int64(GuessLibrary.block)
  }

  /// A page of the pool as a table, in the order of arrival.
  ///
  /// A page may be short, or empty, although more is to come: `next` says where to go on. So each answer comes soon however
  /// long the pool is and however little fits; a caller who has lost interest stops asking.
  ///
  /// - Complexity: O(limit) by state; by label, annotator or dispute O(annotations of the part that it looks at); words and
  ///   guesses look at items until the page is full or its reach is at an end. Between stretches the thread is given to
  ///   others, and a caller who has left is noticed.
  public func explore(
    _ filter: PoolFilter, in project: ProjectID, after: ItemID?, limit: Int
  ) async throws -> PoolPage {
    let definition = try overview(of: project).project
    let (search, wanted) = try lookUp(filter, in: definition)
    let judges = wanted != nil || filter.disagreement == .model
    guard let pool = try store.read({ try $0.itemRange(of: project) }) else { return PoolPage() }
    let reach = judges ? Reach.guesses : search.words.isEmpty ? Reach.indexed : Reach.words
    let stretch = judges ? Int64(GuessLibrary.block) : 20_000
    let start = max(after?.rawValue ?? 0, pool.lowerBound - 1)
    var page = PoolPage()
    var place = start
    while page.rows.count < limit, place < pool.upperBound, place - start < reach {
      try Task.checkCancellation()
      let (from, through, room) = (place, min(place + stretch, pool.upperBound), limit - page.rows.count)
      let found = try await glance.run { [self] () -> (rows: [PoolRow], isFull: Bool)? in
        let guesser = try Guesser(service: self, project: definition)
        if judges, guesser == nil { return nil }
        var rows: [PoolRow] = []
        let items = try store.read {
          try $0.items(search, after: from, through: through, limit: judges ? .max : room)
        }
        for item in items {
          let guess = try guesser?.guess(item.row)
          if let wanted, guess?.label != wanted { continue }
          let row = try self.row(item, guess, definition)
          if filter.disagreement == .model, row.guess.map({ row.labels.contains($0.label) }) ?? true { continue }
          rows.append(row)
          if rows.count == room { break }
        }
        return (rows, rows.count == room)
      }
      guard let found else { return PoolPage() }
      page.rows += found.rows
      place = found.isFull ? found.rows.last?.item.id.rawValue ?? through : through
    }
    guard place < pool.upperBound else { return page }
    page.next = ItemID(place)
    page.progress = Double(place - pool.lowerBound + 1) / Double(pool.count)
    return page
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
