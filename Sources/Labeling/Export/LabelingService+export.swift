public import Domain
import Storage

/// An item as exports show it: what stands on it and where that came from.
public struct ExportedItem: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// The label that most annotators chose; `nil` where none was chosen.
  public var consensus: String?
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
      try connection.forEachExported(in: project) { item, content, annotations in
        let said = annotations.map { annotation in
          (
            annotation: annotation, annotator: names[annotation.annotator] ?? "",
            labels: annotation.labels.compactMap { definition.label($0)?.name }
          )
        }
        try body(
          ExportedItem(
            item: item, content: content, consensus: Self.majority(said.flatMap(\.labels), in: definition),
            annotations: said))
      }
    }
  }

  /// The name that stands most often; a tie goes to the label that comes first in the project.
  static func majority(_ names: [String], in project: Project) -> String? {
    let votes = Dictionary(grouping: names) { $0 }.mapValues(\.count)
    return project.labels.map(\.name).filter { votes[$0] != nil }.max { votes[$0, default: 0] < votes[$1, default: 0] }
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
