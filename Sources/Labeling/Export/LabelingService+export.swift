public import Domain
public import Storage

/// An item as exports show it: what stands on it, and what the annotators agree on.
public struct ExportedItem: ~Copyable {
  /// The item with what stands on it.
  public let record: ExportRecord
  /// The labels that the annotators agree on, as indices in the project's order; `nil` where nobody gave an answer.
  ///
  /// Empty where the answer is that none of the labels applies.
  public let consensus: [Int]?
  /// How probable they are; 1 where they were settled by hand.
  public let probability: Double?
  /// Whether they were settled by hand.
  public let isAdjudicated: Bool
}

/// What holds for all items of an export.
public struct ExportHead: Sendable {
  /// The project.
  public let project: Project
  /// How answers were found: `majority` or `dawid_skene`.
  public let method: String
  /// The annotators' names.
  public let annotators: [UserID: String]
}

extension LabelingService {
  /// Calls `body` with every item that somebody said something about, from one consistent snapshot, in the order of items.
  ///
  /// Labelling goes on meanwhile. The calling thread waits, so call it from one that may.
  ///
  /// - Parameters:
  ///   - method: how opinions become one answer.
  ///   - withContent: whether the records say what their items consist of.
  ///   - withAnswers: whether opinions become answers; without them all are `nil`, and whoever counts is done sooner.
  ///   - begin: is told at first what holds for all of them.
  /// - Complexity: O(annotations); for the majority memory does not grow with them, but for what was settled by hand.
  public func export(
    _ project: ProjectID, method: ConsensusSettings.Method = .majority, withContent: Bool = true,
    withAnswers: Bool = true, begin: (ExportHead) throws -> Void = { _ in },
    _ body: (borrowing ExportedItem) throws -> Void
  ) throws {
    let definition = try overview(of: project).project
    try store.read { connection in
      var answers = try ExportAnswers(
        project: definition, method: withAnswers ? method : .majority, connection: connection)
      try begin(
        ExportHead(project: definition, method: answers.method.rawValue, annotators: try connection.userNames()))
      try connection.forEachExported(in: project, withContent: withContent) { record in
        let settled = answers.settled(record.row)
        // What was settled without opinions and taken back says nothing any more.
        guard !record.said.isEmpty || settled != nil else { return }
        let answer = withAnswers ? try answers.answer(record, settled: settled) : nil
        try body(
          ExportedItem(
            record: copy record, consensus: answer?.labels, probability: answer?.probability,
            isAdjudicated: settled != nil))
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
