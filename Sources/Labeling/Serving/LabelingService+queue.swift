public import Domain
import Storage

/// What the serving round would ask next, as it stands now.
public struct QueueHead: Sendable {
  /// An item of the queue.
  public struct Entry: Sendable {
    /// The item.
    public var item: Item
    /// What it consists of.
    public var content: ItemContent?
    /// Its place in the round's ranking, from 1.
    public var rank: Int
    /// Its utility then; higher means ask sooner.
    public var utility: Double
    /// What the model says about it.
    public var prediction: Prediction?
  }

  /// The round whose ranking it is; `nil` before the first.
  public var round: Int?
  /// The strategy that chose.
  public var strategy: String
  /// Why it was that one, or what was left out.
  public var reason: String?
  /// Items of the ranking that can still be asked.
  public var remaining: Int
  /// Items that go before the ranking since a stream asked for them.
  public var urgent: Int
  /// Items that somebody holds.
  public var leased: Int
  /// The share of questions that is drawn at random beside the ranking, to keep score.
  public var evaluationFraction: Double
  /// The head of the ranking, best first.
  public var entries: [Entry]
}

extension LabelingService {
  /// The head of the queue without leasing anything.
  ///
  /// - Complexity: O(ranking), at most some thousand.
  public func queueHead(in project: ProjectID, limit: Int) async throws -> QueueHead {
    let definition = try overview(of: project).project
    let (head, places) = try await onBoard(project) { board, _ in
      let ranking = board.ranking
      let open = (min(ranking.cursor, ranking.entries.count)..<ranking.entries.count).filter { position in
        let row = ranking.entries[position].row
        return board.pool.contains(row) && board.pool.isOpen(row) && board.leaseCount[row] == nil
      }
      let head = QueueHead(
        round: ranking.round, strategy: ranking.strategy, reason: nil, remaining: open.count,
        urgent: board.urgent.count, leased: board.leaseCount.count,
        evaluationFraction: definition.settings.evaluationFraction, entries: [])
      return (
        head,
        open.prefix(limit).map {
          (row: ranking.entries[$0].row, rank: $0 + 1, utility: Double(ranking.entries[$0].utility))
        }
      )
    }
    let predictions = try predictions(forRows: places.map(\.row), in: project)
    return try store.read { connection in
      var head = head
      head.reason = try head.round.flatMap { try connection.round($0, in: project)?.reason }
      head.entries = try places.compactMap { place in
        guard let item = try connection.items(rows: [place.row], in: project).first else { return nil }
        return QueueHead.Entry(
          item: item, content: try connection.content(of: item.id), rank: place.rank, utility: place.utility,
          prediction: predictions[place.row])
      }
      return head
    }
  }
}
