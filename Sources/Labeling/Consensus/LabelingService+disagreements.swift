import Consensus
public import Domain
import Storage

/// An item whose annotators differ.
public struct Disagreement: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// What each annotator chose, oldest first.
  public var opinions: [(annotator: UserID, labels: [String])]
  /// The labels that hold now.
  public var consensus: [String]
  /// How probable they are.
  public var probability: Double
  /// How probable each label that somebody chose is.
  public var probabilities: [(label: String, probability: Double)]
  /// Whether it was settled by hand.
  public var isAdjudicated: Bool
  /// Where the next page begins.
  public var cursor: Int64
}

/// The order of a list of disagreements.
public enum DisagreementOrder: String, Sendable, CaseIterable {
  /// The least sure consensus first.
  case quality
  /// In the order of arrival.
  case item
}

/// A page of disagreements.
public struct DisagreementPage: Sendable {
  /// The items.
  public var items: [Disagreement]
  /// Items whose annotators differ and that wait for somebody to settle them.
  public var open: Int
  /// Items whose annotators differ and that were settled by hand.
  public var settled: Int
  /// The way in which the consensus was found: `majority` or `dawid_skene`.
  public var method: String
  /// Why it is that one.
  public var reason: String?
}

extension LabelingService {
  /// Items whose annotators differ.
  ///
  /// - Parameters:
  ///   - adjudicated: whether items that were settled by hand are shown too.
  ///   - cursor: what the last item of the page before had.
  /// - Complexity: O(opinions · classes), on a compute thread; the contents of the page only are read.
  public func disagreements(
    in project: ProjectID, order: DisagreementOrder, adjudicated: Bool, after cursor: Int64?, limit: Int
  ) async throws -> DisagreementPage {
    let definition = try overview(of: project).project
    return try await compute.run { [self] in
      try store.read { connection in
        let consensus = try ProjectConsensus(project: definition, connection: connection)
        let table = consensus.table
        let disputed = table.items.indices.filter(table.isDisputed)
        let settled = disputed.count { table.items[$0].settled != nil }
        let found = disputed.filter { adjudicated || table.items[$0].settled == nil }
          .map { (index: $0, cursor: Self.cursor(of: $0, consensus, order)) }
          .filter { $0.cursor > cursor ?? -1 }.sorted { $0.cursor < $1.cursor }.prefix(limit)
        let items = try found.compactMap { entry -> Disagreement? in
          guard let item = try connection.item(row: table.items[entry.index].row, in: project) else { return nil }
          return try Self.disagreement(
            entry.index, item: item, content: connection.content(of: item.id), cursor: entry.cursor, consensus,
            definition)
        }
        return DisagreementPage(
          items: items, open: disputed.count - settled, settled: settled, method: consensus.method.rawValue,
          reason: consensus.reason)
      }
    }
  }

  /// A place in the order that stays where it is while other items come and go: quality in millionths, then the row.
  private static func cursor(of item: Int, _ consensus: ProjectConsensus, _ order: DisagreementOrder) -> Int64 {
    let row = Int64(consensus.table.items[item].row) + 1
    switch order {
    case .item: return row
    case .quality: return Int64((consensus.probabilities[item] ?? 0) * 1_000_000) << 40 | row
    }
  }

  private static func disagreement(
    _ index: Int, item: Item, content: ItemContent?, cursor: Int64, _ consensus: ProjectConsensus, _ project: Project
  ) -> Disagreement {
    let table = consensus.table
    let said = table.said[table.items[index].opinions]
    let chosen = Set(said.flatMap(\.labels)).sorted()
    let distribution = consensus.distribution(of: index)
    return Disagreement(
      item: item, content: content,
      opinions: said.map { opinion in
        (table.annotators[opinion.annotator], opinion.labels.map { project.labels[$0].name })
      }, consensus: consensus.answers[index]?.indices.map { project.labels[$0].name } ?? [],
      probability: consensus.probabilities[index] ?? 0,
      probabilities: chosen.map { (project.labels[$0].name, distribution[distribution.startIndex + $0]) },
      isAdjudicated: table.items[index].settled != nil, cursor: cursor)
  }
}
