import Consensus
import Domain
import Learning
import Storage
import Tensors

/// What a project's annotators agree on: the answer for each item that has one.
struct TrainingData: Sendable {
  /// Items with their agreed answers.
  struct Part: Sendable {
    /// The items' rows in the pool.
    var rows: [Int] = []
    /// The class of each item; of an item that may have several labels its first, or 0 where it has none.
    var classes: [Int] = []
    /// The labels of each item as indices in ascending order, where an item may have several; else empty.
    var sets: [[Int]] = []

    /// Which labels apply to which item, `(m, labels)` of 0 and 1.
    func indicators(labels: Int) -> Matrix {
      var matrix = Matrix(rows: sets.count, columns: labels)
      for (row, set) in sets.enumerated() {
        for label in set { matrix[row, label] = 1 }
      }
      return matrix
    }

    /// Which answer each item has, by a number that equal answers share, and how many numbers there are at most.
    ///
    /// Where an item may have several labels, answers are sets of them: as many are told apart as there are labels.
    func kinds(labels: Int) -> (kinds: [Int], count: Int) {
      guard !sets.isEmpty else { return (classes, labels) }
      let count = max(2, labels)
      var known: [[Int]: Int] = [:]
      let kinds = sets.map { set in
        let number = known[set] ?? known.count
        known[set] = number
        return min(number, count - 1)
      }
      return (kinds, count)
    }

    /// What a model is trained towards.
    func targets(labels: Int) -> Targets {
      sets.isEmpty ? .classes(classes) : .labels(indicators(labels: labels))
    }

    mutating func append(_ row: Int, _ answer: ConsensusAnswer) {
      rows.append(row)
      switch answer {
      case .class(let index): classes.append(index)
      case .labels(let set):
        classes.append(set.first ?? 0)
        sets.append(set)
      }
    }
  }

  /// What is trained on.
  var training = Part()
  /// The evaluation stream.
  var evaluation = Part()
  /// Who labelled in the evaluation stream.
  var evaluators: Set<UserID> = []

  /// Reads the consensus on each item, in the way that the project settles it.
  ///
  /// - Parameter rows: only rows below this number.
  init(project: Project, rows: Int, connection: Connection) throws {
    self.init(try ProjectConsensus(project: project, connection: connection), rows: rows)
  }

  /// Takes what was settled.
  init(_ consensus: ProjectConsensus, rows: Int) {
    for (item, entry) in consensus.table.items.enumerated() where entry.row < rows {
      guard let answer = consensus.trainingAnswer(item) else { continue }
      if entry.isReserved { evaluation.append(entry.row, answer) } else { training.append(entry.row, answer) }
    }
    for opinion in consensus.table.said where consensus.table.items[opinion.item].isReserved {
      evaluators.insert(consensus.table.annotators[opinion.annotator])
    }
  }

  /// Whether there is something to tell apart: two classes, or a label that applies to some items and not to others.
  var isTrainable: Bool {
    guard let first = training.rows.indices.first else { return false }
    if training.sets.isEmpty { return training.classes.contains { $0 != training.classes[first] } }
    return training.sets.contains { $0 != training.sets[first] }
  }

  /// How many items each label applies to.
  func trainingCounts(labels: Int) -> [Int] { training.counts(labels: labels) }
}

extension TrainingData.Part {
  /// How many items each label applies to.
  func counts(labels: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: labels)
    if sets.isEmpty {
      for index in classes { counts[index] += 1 }
    } else {
      for set in sets { for index in set { counts[index] += 1 } }
    }
    return counts
  }
}
