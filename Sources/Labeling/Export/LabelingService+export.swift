public import Domain
import Storage

/// An item as exports show it: what stands on it and where that came from.
public struct ExportedItem: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// The labels that the annotators agree on, in the project's order; `nil` where nobody gave an answer.
  ///
  /// Empty where the answer is that none of the labels applies.
  public var consensus: [String]?
  /// How probable they are; 1 where they were settled by hand.
  public var probability: Double?
  /// Whether they were settled by hand.
  public var isAdjudicated: Bool
  /// How they were found: `majority` or `dawid_skene`.
  public var method: String
  /// The standing annotations, oldest first, each with its annotator's name and its labels' names.
  public var annotations: [(annotation: Annotation, annotator: String, labels: [String])]
}

extension LabelingService {
  /// Calls `body` with every item that somebody said something about, from one consistent snapshot.
  ///
  /// Labelling goes on meanwhile. The calling thread waits, so call it from one that may.
  ///
  /// - Parameter method: how opinions become one answer.
  public func export(
    _ project: ProjectID, method: ConsensusSettings.Method = .majority, _ body: (ExportedItem) throws -> Void
  ) throws {
    let definition = try overview(of: project).project
    try store.read { connection in
      let names = try connection.userNames()
      let consensus = try ProjectConsensus(project: definition, method: method, connection: connection)
      try connection.forEachExported(in: project) { item, content, annotations in
        let index = consensus.table.index(ofRow: item.row)
        let isAdjudicated = index.map { consensus.table.items[$0].settled != nil } ?? false
        // What was settled without opinions and taken back says nothing any more.
        guard !annotations.isEmpty || isAdjudicated else { return }
        let said = annotations.map { annotation in
          (
            annotation: annotation, annotator: names[annotation.annotator] ?? "",
            labels: annotation.labels.compactMap { definition.label($0)?.name }
          )
        }
        try body(
          ExportedItem(
            item: item, content: content,
            consensus: index.flatMap { consensus.answers[$0] }.map { $0.indices.map { definition.labels[$0].name } },
            probability: index.flatMap { consensus.probabilities[$0] }, isAdjudicated: isAdjudicated,
            method: consensus.method.rawValue, annotations: said))
      }
    }
  }

  /// A page of a project's annotations that stand, newest first, with a glimpse of each item.
  public func annotations(
    in project: ProjectID, annotator: UserID?, before: AnnotationID?, limit: Int
  ) throws -> [(annotation: Annotation, key: String, preview: String?)] {
    try store.read { connection in
      try connection.annotations(in: project, annotator: annotator, before: before, limit: limit).map { annotation in
        var preview: String?
        if case .text(let text) = try connection.content(of: annotation.item) { preview = String(text.prefix(120)) }
        return (annotation, try connection.item(annotation.item, in: project)?.key ?? "", preview)
      }
    }
  }
}
