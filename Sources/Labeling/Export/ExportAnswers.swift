import Domain
import Storage

/// The answer for each item of an export: as it comes for the majority, from the whole table for Dawid and Skene's model.
struct ExportAnswers {
  /// How answers are found.
  let method: ConsensusSettings.Method
  private var majority: StreamedMajority
  /// The whole table, where the answers are not those of the majority.
  private let consensus: ProjectConsensus?
  /// What was settled by hand, as indices of labels, by row.
  private let byHand: [Int: [Int]]
  private let isMultiLabel: Bool

  init(project: Project, method: ConsensusSettings.Method, connection: Connection) throws {
    let place = Dictionary(uniqueKeysWithValues: project.labels.enumerated().map { ($0.element.id, $0.offset) })
    byHand = Dictionary(
      try connection.standingAdjudications(of: project.id).map {
        ($0.row, $0.labels.compactMap { place[$0] }.sorted())
      }, uniquingKeysWith: { $1 })
    majority = StreamedMajority(project: project, connection: connection)
    consensus =
      method == .majority ? nil : try ProjectConsensus(project: project, method: method, connection: connection)
    self.method = consensus?.method ?? .majority
    isMultiLabel = project.task == .multiLabel
  }

  /// The labels that were settled by hand for the item at a row, if any were.
  func settled(_ row: Int) -> [Int]? { byHand.isEmpty ? nil : byHand[row] }

  /// An item's labels and how probable they are; `nil` without an answer.
  mutating func answer(
    _ record: borrowing ExportRecord, settled: [Int]?
  ) throws -> (labels: [Int]?, probability: Double?)? {
    if let settled {
      return (isMultiLabel ? settled : settled.first.map { [$0] }, 1)
    }
    guard let consensus else { return try majority.answer(record).map { ($0.labels, $0.probability) } }
    guard let index = consensus.table.index(ofRow: record.row) else { return nil }
    return (consensus.answers[index]?.indices, consensus.probabilities[index])
  }
}
