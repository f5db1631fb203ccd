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
  /// The standing annotations, oldest first, each with its annotator's name and its labels' names.
  public var annotations: [(annotation: Annotation, annotator: String, labels: [String])]
}

extension LabelingService {
  /// Calls `body` with every item that somebody said something about, from one consistent snapshot.
  ///
  /// Labelling goes on meanwhile. The calling thread waits, so call it from one that may.
  public func export(_ project: ProjectID, _ body: (ExportedItem) throws -> Void) throws {
    let definition = try overview(of: project).project
    try store.read { connection in
      let names = try connection.userNames()
      var ballot = Ballot(project: definition)
      try connection.forEachExported(in: project) { item, content, annotations in
        ballot.clear()
        for annotation in annotations { ballot.add(annotation.outcome, annotation.labels) }
        let said = annotations.map { annotation in
          (
            annotation: annotation, annotator: names[annotation.annotator] ?? "",
            labels: annotation.labels.compactMap { definition.label($0)?.name }
          )
        }
        try body(
          ExportedItem(
            item: item, content: content,
            consensus: ballot.majority.map { $0.indices.map { definition.labels[$0].name } }, annotations: said))
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
