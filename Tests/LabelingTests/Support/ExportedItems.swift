import Domain

@testable import Labeling
@testable import Storage

/// An item of an export, put together as values that tests compare.
struct ExportedValue {
  var item: Item
  var consensus: [String]?
  var probability: Double?
  var isAdjudicated: Bool
  var method: String
  var annotations: [(annotation: Annotation, annotator: String, labels: [String])]
}

extension LabelingService {
  /// An export as values.
  func exported(
    _ project: ProjectID, method: ConsensusSettings.Method = .majority, _ body: (ExportedValue) throws -> Void
  ) throws {
    var head: ExportHead?
    try export(project, method: method, begin: { head = $0 }) { exported in
      guard let head else { return }
      let record = exported.record
      func names(_ labels: some Sequence<LabelID>) -> [String] { labels.compactMap { head.project.label($0)?.name } }
      func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
      try body(
        ExportedValue(
          item: Item(
            id: record.item, key: text(record.key), row: record.row, state: record.state,
            evaluation: record.evaluation, meta: record.meta.isEmpty ? nil : text(record.meta),
            createdAt: Timestamp(milliseconds: 0)),
          consensus: exported.consensus.map { $0.map { head.project.labels[$0].name } },
          probability: exported.probability, isAdjudicated: exported.isAdjudicated, method: head.method,
          annotations: record.said.map { said in
            let annotation = Annotation(
              id: said.id, item: record.item, annotator: said.annotator, outcome: said.outcome,
              labels: Array(record.labels(of: said)), note: said.note.map(text),
              durationMilliseconds: said.durationMilliseconds,
              provenance: Provenance(
                strategy: text(said.strategy), round: said.round, rank: said.rank, utility: said.utility,
                propensity: said.propensity, evaluation: said.evaluation), createdAt: said.createdAt, retractedAt: nil,
              replacedBy: nil)
            return (annotation, head.annotators[said.annotator] ?? "", names(record.labels(of: said)))
          }))
    }
  }
}
