import Consensus
public import Domain
import Storage
import Synchronization

/// An item whose label is probably wrong.
public struct LabelError: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// The labels that it has.
  public var given: [String]
  /// The labels that models hold more probable.
  public var suggested: [String]
  /// How sure the given labels are, from 0 to 1.
  public var quality: Double
  /// What models say that have not seen the label.
  public var probabilities: [(label: String, probability: Double)]
  /// How many annotators gave an opinion.
  public var opinions: Int
  /// Where the next page begins.
  public var cursor: Int64
}

/// How doubtful a label is measured.
public enum LabelErrorMeasure: String, Sendable, CaseIterable {
  /// The probability of the given label.
  case selfConfidence = "self_confidence"
  /// By how much the given label is ahead of the best other.
  case normalisedMargin = "normalised_margin"

  fileprivate var doubt: LabelDoubt {
    switch self {
    case .selfConfidence: .selfConfidence
    case .normalisedMargin: .normalisedMargin
    }
  }
}

/// A page of suspected label errors.
public struct LabelErrorPage: Sendable {
  /// The items, the most doubtful first.
  public var items: [LabelError]
  /// How many are suspected in all.
  public var suspected: Int
  /// How many labels were looked at.
  public var examined: Int
  /// Why there is nothing to say yet.
  public var reason: String?
}

/// Keeps the predictions of a project until something is said or settled: pages are asked for one after another.
final class OutOfFoldCache: Sendable {
  struct Key: Hashable { let project: ProjectID, version: Int64, stamp: OpinionStamp, features: Int }
  private let kept = Mutex<(key: Key, value: OutOfFold)?>(nil)

  func value(for key: Key) -> OutOfFold? { kept.withLock { $0?.key == key ? $0?.value : nil } }
  func keep(_ value: OutOfFold, for key: Key) { kept.withLock { $0 = (key, value) } }
}

extension LabelingService {
  /// Items whose agreed label models contradict that have not seen it.
  ///
  /// - Parameter cursor: what the last item of the page before had.
  /// - Complexity: four trainings on the labelled items, on a compute thread; the predictions are kept until something is
  ///   said or settled.
  public func labelErrors(
    in project: ProjectID, by measure: LabelErrorMeasure, after cursor: Int64?, limit: Int
  ) async throws -> LabelErrorPage {
    let definition = try overview(of: project).project
    return try await compute.run { [self] in
      let (consensus, rows, stamp) = try store.read {
        (
          try ProjectConsensus(project: definition, connection: $0), try $0.poolShape(of: project).nextRow,
          try $0.opinionStamp(of: project)
        )
      }
      guard let pool = try features.current(project) else {
        return LabelErrorPage(
          items: [], suspected: 0, examined: 0, reason: "There are no features yet: the first round computes them.")
      }
      let key = OutOfFoldCache.Key(
        project: project, version: definition.version, stamp: stamp, features: pool.version)
      let known = outOfFold.value(for: key)
      guard
        let predictions = try known
          ?? OutOfFold.predict(TrainingData(consensus, rows: rows), features: pool, project: definition)
      else {
        return LabelErrorPage(
          items: [], suspected: 0, examined: 0,
          reason: "There is too little to learn from: \(2 * OutOfFold.folds) labelled items with two different answers."
        )
      }
      if known == nil { outOfFold.keep(predictions, for: key) }
      let found = try Self.suspects(consensus, predictions, task: definition.task, by: measure.doubt)
      let page = found.suspects.map { (suspect: $0, cursor: Int64($0.quality * 1_000_000) << 40 | Int64($0.row) + 1) }
        .filter { $0.cursor > cursor ?? -1 }.sorted { $0.cursor < $1.cursor }.prefix(limit)
      return LabelErrorPage(
        items: try store.read { connection in
          try page.compactMap { entry in
            guard let item = try connection.item(row: entry.suspect.row, in: project) else { return nil }
            let values = predictions.probabilities[entry.suspect.row] ?? []
            return LabelError(
              item: item, content: try connection.content(of: item.id),
              given: entry.suspect.given.map { definition.labels[$0].name },
              suggested: entry.suspect.suggested.map { definition.labels[$0].name }, quality: entry.suspect.quality,
              probabilities: zip(definition.labels, values).map { ($0.name, $1) }, opinions: entry.suspect.opinions,
              cursor: entry.cursor)
          }
        }, suspected: found.suspects.count, examined: found.examined, reason: nil)
    }
  }

  /// A suspect by row of the pool.
  private struct Suspect {
    let row: Int
    let given: [Int]
    let suggested: [Int]
    let quality: Double
    let opinions: Int
  }

  private static func suspects(
    _ consensus: ProjectConsensus, _ predictions: OutOfFold, task: LabelingTask, by doubt: LabelDoubt
  ) throws -> (suspects: [Suspect], examined: Int) {
    let table = consensus.table
    // Settled by hand is settled; where models say nothing they contradict nothing.
    let answers = table.items.indices.map { item in
      table.items[item].settled == nil && predictions.probabilities[table.items[item].row] != nil
        ? consensus.trainingAnswer(item) : nil
    }
    let examined = answers.count { $0 != nil }
    func suspect(_ item: Int, _ suggested: [Int], _ quality: Double) -> Suspect {
      Suspect(
        row: table.items[item].row, given: answers[item]?.indices ?? [], suggested: suggested, quality: quality,
        opinions: table.items[item].opinions.count)
    }
    switch task {
    case .singleLabel:
      let found = try suspectedLabelErrors(
        answers.map { $0?.indices.first }, probabilities: predictions.distributions(of: table), by: doubt)
      return (found.map { suspect($0.item, [$0.suggested], $0.quality) }, examined)
    case .multiLabel:
      // Each label is a question of its own: what is suspected of an item is the set with the doubtful ones turned round.
      var turned: [Int: (set: Set<Int>, quality: Double)] = [:]
      for label in 0..<table.labels {
        let given = answers.map { answer in answer.map { $0.indices.contains(label) ? 1 : 0 } }
        for found in try suspectedLabelErrors(given, probabilities: predictions.binary(label, of: table), by: doubt) {
          let known = turned[found.item] ?? (Set(answers[found.item]?.indices ?? []), 1)
          turned[found.item] = (known.set.symmetricDifference([label]), min(known.quality, found.quality))
        }
      }
      return (
        turned.keys.sorted().map { suspect($0, turned[$0]?.set.sorted() ?? [], turned[$0]?.quality ?? 1) }, examined
      )
    }
  }
}
