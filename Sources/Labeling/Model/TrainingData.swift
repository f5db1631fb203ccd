import Domain
import Storage

/// What a project's annotators agree on: the label of each item that has one.
struct TrainingData: Sendable {
  /// Rows that are trained on, and their classes.
  var trainingRows: [Int] = []
  var trainingClasses: [Int] = []
  /// Rows of the evaluation stream, and their classes.
  var evaluationRows: [Int] = []
  var evaluationClasses: [Int] = []

  /// Reads the majority label of each item; a tie goes to the label that comes first in the project.
  ///
  /// - Parameter rows: only rows below this number.
  init(project: Project, rows: Int, connection: Connection) throws {
    let classes = Dictionary(uniqueKeysWithValues: project.labels.enumerated().map { ($0.element.id, $0.offset) })
    var current = -1
    var reserved = false
    var votes = [Int](repeating: 0, count: classes.count)
    var excluded = false
    func settle(_ data: inout TrainingData) {
      guard current >= 0, current < rows, !excluded, let best = votes.max(), best > 0,
        let winner = votes.firstIndex(of: best)
      else { return }
      if reserved {
        data.evaluationRows.append(current)
        data.evaluationClasses.append(winner)
      } else {
        data.trainingRows.append(current)
        data.trainingClasses.append(winner)
      }
    }
    var result = TrainingData()
    try connection.forEachOpinion(in: project.id) { row, evaluation, _, outcome, label in
      if row != current {
        settle(&result)
        current = row
        reserved = evaluation
        excluded = false
        for index in votes.indices { votes[index] = 0 }
      }
      if outcome == .flag { excluded = true }
      if let label, let index = classes[label] { votes[index] += 1 }
    }
    settle(&result)
    self = result
  }

  private init() {}
}
