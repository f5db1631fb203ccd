public import Domain
import Formats
import Foundation
public import Labeling

/// The formats in which labels can be taken away.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// An object a line, with all annotations and where they came from.
  case jsonl
  /// A row an item (or an annotation), for spreadsheets and data frames.
  case csv

  /// Its media type.
  public var mediaType: String {
    switch self {
    case .jsonl: "application/x-ndjson"
    case .csv: "text/csv; charset=utf-8"
    }
  }
}

/// What stands in a row of an export.
public enum ExportConsensus: String, CaseIterable, Sendable {
  /// An item with the label that most chose.
  case majority
  /// An item with the label of Dawid and Skene's model.
  case dawidSkene = "dawid-skene"
  /// An annotation.
  case all

  /// How opinions become one answer.
  var method: ConsensusSettings.Method { self == .dawidSkene ? .dawidSkene : .majority }
}

/// Writes labelled sets.
public enum Export {
  private static let pieceSize = 64 << 10

  /// Calls `write` with one piece of the export after another, all from one consistent snapshot.
  ///
  /// - Parameters:
  ///   - consensus: what stands in a row.
  ///   - safeCells: whether cells of a table that a spreadsheet would run as a formula get an apostrophe in front.
  public static func write(
    _ project: ProjectID, _ format: ExportFormat, _ consensus: ExportConsensus, safeCells: Bool = false,
    service: LabelingService,
    to write: ([UInt8]) throws -> Void
  ) throws {
    let all = consensus == .all
    let task = service.overviewIfKnown(project)?.project.task ?? .singleLabel
    var buffer: [UInt8] = []
    let csv = CSVWriter(guardsFormulas: safeCells)
    if format == .csv { buffer += csv.record(columns) }
    try service.export(project, method: consensus.method) { exported in
      let rows = all ? exported.annotations.indices.map { $0..<($0 + 1) } : [exported.annotations.indices]
      for range in rows {
        switch format {
        case .jsonl:
          object(exported, annotations: exported.annotations[range], project: project, task: task, single: all)
            .append(to: &buffer)
          buffer.append(UInt8(ascii: "\n"))
        case .csv: buffer += csv.record(record(exported, exported.annotations[range], single: all))
        }
      }
      if buffer.count >= pieceSize {
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    if !buffer.isEmpty { try write(buffer) }
  }

  private static let columns = [
    "id", "key", "text", "image", "vector", "label", "outcome", "annotators", "annotation", "created_at", "strategy",
    "round", "rank", "utility", "propensity", "evaluation", "meta", "consensus", "probability", "adjudicated",
  ]

  private static func object(
    _ exported: ExportedItem, annotations: ArraySlice<(annotation: Annotation, annotator: String, labels: [String])>,
    project: ProjectID, task: LabelingTask, single: Bool
  ) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("id", .string("\(exported.item.id)")), ("key", .string(exported.item.key)),
    ]
    members += ItemView.content(exported.content, of: exported.item.id, project: project)
    let labels = labels(exported, annotations, single: single)
    switch task {
    case .singleLabel: members.append(("label", .optional(labels?.first)))
    case .multiLabel: members.append(("labels", labels.map { .array($0.map(JSONValue.string)) } ?? .null))
    }
    if !single {
      members.append(
        (
          "consensus",
          [
            "method": .string(exported.method), "probability": .optional(exported.probability),
            "opinions": .integer(Int64(annotations.count { $0.annotation.outcome == .label })),
            "adjudicated": .bool(exported.isAdjudicated),
          ]
        ))
    }
    members.append(("state", .string(exported.item.state.name)))
    members.append(("evaluation", .bool(exported.item.evaluation)))
    members.append(("meta", exported.item.meta.map(JSONValue.raw) ?? .null))
    members.append(
      (
        "annotations",
        .array(
          annotations.map { entry in
            .object(
              [
                ("id", .string("\(entry.annotation.id)")), ("annotator", .string(entry.annotator)),
                ("outcome", .string(entry.annotation.outcome.name)),
                ("labels", .array(entry.labels.map(JSONValue.string))), ("note", .optional(entry.annotation.note)),
                ("duration_ms", .optional(entry.annotation.durationMilliseconds)),
                ("created_at", .string("\(entry.annotation.createdAt)")),
              ] + AnnotationView.provenance(entry.annotation.provenance))
          })
      ))
    return .object(members)
  }

  /// What the item's row says, one annotator's word or that of all together; `nil` where that is no answer.
  private static func labels(
    _ exported: ExportedItem, _ annotations: ArraySlice<(annotation: Annotation, annotator: String, labels: [String])>,
    single: Bool
  ) -> [String]? {
    guard single else { return exported.consensus }
    return annotations.first.flatMap { $0.annotation.outcome == .label ? $0.labels : nil }
  }

  private static func record(
    _ exported: ExportedItem, _ annotations: ArraySlice<(annotation: Annotation, annotator: String, labels: [String])>,
    single: Bool
  ) -> [String] {
    // The annotation that the item's label came from: the newest that agrees with it.
    let labels = labels(exported, annotations, single: single)
    let source = annotations.last { $0.annotation.outcome == .label && $0.labels == labels } ?? annotations.last
    let provenance = source?.annotation.provenance
    var (text, image, vector) = ("", "", "")
    switch exported.content {
    case .text(let value): text = value
    case .image(let hash, let format): image = "\(hash).\(format)"
    case .vector(let values): vector = values.map { "\($0)" }.joined(separator: " ")
    case nil: break
    }
    return [
      "\(exported.item.id)", exported.item.key, text, image, vector,
      (labels ?? []).joined(separator: RowMapping.labelSeparator),
      source?.annotation.outcome.name ?? "", annotations.map(\.annotator).joined(separator: ";"),
      source.map { "\($0.annotation.id)" } ?? "", source.map { "\($0.annotation.createdAt)" } ?? "",
      provenance?.strategy ?? "", provenance?.round.map(String.init) ?? "", provenance?.rank.map(String.init) ?? "",
      provenance?.utility.map { "\($0)" } ?? "", provenance?.propensity.map { "\($0)" } ?? "",
      exported.item.evaluation ? "true" : "false", exported.item.meta ?? "", single ? "" : exported.method,
      single ? "" : exported.probability.map { "\($0)" } ?? "", exported.isAdjudicated ? "true" : "false",
    ]
  }
}
