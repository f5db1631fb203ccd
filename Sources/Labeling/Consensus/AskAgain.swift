import Consensus
import Domain
import Storage

/// Labelled items of which one more opinion would change most.
///
/// ActiveLab's score of an item is how sure it would stay if somebody who knows nothing spoke too; of items with several
/// labels, the least sure label's. Only items in doubt are asked again: their annotators differ, or a model that has not
/// seen their label says something else. Items of the evaluation stream are left alone: checking only what the model
/// contradicts would flatter it.
enum AskAgain {
  /// The name under which such questions are asked.
  static let strategy = "ask_again"
  /// Items that wait to be asked again, at most.
  static let limit = 200

  /// Ranks the items in doubt.
  ///
  /// - Parameter predictions: what models say that have not seen the labels; `nil` while nothing can be learned.
  /// - Returns: rows of the pool with 1 less the score, most wanted first.
  /// - Complexity: O(opinions · labels).
  static func rank(
    _ consensus: ProjectConsensus, predictions: OutOfFold?, project: Project
  ) throws -> [(row: Int, utility: Double)] {
    let table = consensus.table
    let doubt: [(score: Double, isContradicted: Bool)]
    switch project.task {
    case .singleLabel:
      let lab = try ActiveLab.fit(table.single(), model: predictions?.distributions(of: table))
      doubt = table.items.indices.map { item in
        let predicted = predictions?.probabilities[table.items[item].row].flatMap { $0.firstIndex(of: $0.max() ?? 0) }
        return (lab.scores[item], predicted != nil && predicted != consensus.answers[item]?.indices.first)
      }
    case .multiLabel:
      let sets = try table.sets()
      var least = [Double](repeating: 1, count: table.items.count)
      for label in 0..<table.labels {
        let lab = try ActiveLab.fit(sets.binary(label), model: predictions?.binary(label, of: table))
        for item in least.indices { least[item] = min(least[item], lab.scores[item]) }
      }
      doubt = table.items.indices.map { item in
        let predicted = predictions?.probabilities[table.items[item].row].map { values in
          values.indices.filter { values[$0] > 0.5 }
        }
        return (least[item], predicted != nil && predicted != consensus.answers[item]?.indices)
      }
    }
    return table.items.indices.filter { item in
      let entry = table.items[item]
      return !entry.isReserved && !entry.isFlagged && entry.settled == nil && !entry.opinions.isEmpty
        && (table.isDisputed(item) || doubt[item].isContradicted)
    }
    .map { (row: table.items[$0].row, utility: 1 - doubt[$0].score) }
    .sorted { ($1.utility, $0.row) < ($0.utility, $1.row) }
  }
}

extension LabelingService {
  /// The items of a project that are in doubt, most wanted first.
  ///
  /// It trains models: call it from a compute thread.
  func askAgain(
    in project: Project, isCancelled: () -> Bool = { false }
  ) throws -> [(row: Int, utility: Double)] {
    let (consensus, rows) = try store.read {
      (try ProjectConsensus(project: project, connection: $0), try $0.poolShape(of: project.id).nextRow)
    }
    let predictions = try features.current(project.id).flatMap {
      try OutOfFold.predict(
        TrainingData(consensus, rows: rows), features: $0, project: project, isCancelled: isCancelled)
    }
    return try AskAgain.rank(consensus, predictions: predictions, project: project)
  }
}
