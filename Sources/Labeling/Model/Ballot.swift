import Domain

/// What several annotators together say about an item.
enum ConsensusAnswer: Sendable, Equatable {
  /// The label by its index, where each item has exactly one.
  case `class`(Int)
  /// The labels by their indices in ascending order, where each item has any number.
  case labels([Int])

  /// The labels' indices.
  var indices: [Int] {
    switch self {
    case .class(let index): [index]
    case .labels(let set): set
    }
  }
}

/// Counts opinions on an item: the most frequent label wins, or each label for itself that more than half have chosen.
struct Ballot {
  private let task: LabelingTask
  private let place: [LabelID: Int]
  private var votes: [Int]
  private var opinions = 0
  private var isFlagged = false

  init(project: Project) {
    task = project.task
    place = Dictionary(uniqueKeysWithValues: project.labels.enumerated().map { ($0.element.id, $0.offset) })
    votes = [Int](repeating: 0, count: project.labels.count)
  }

  /// Forgets what was counted.
  mutating func clear() {
    for index in votes.indices { votes[index] = 0 }
    opinions = 0
    isFlagged = false
  }

  /// Counts an opinion.
  mutating func add(_ outcome: Outcome, _ labels: [LabelID]) {
    switch outcome {
    case .label:
      opinions += 1
      for label in labels { if let index = place[label] { votes[index] += 1 } }
    case .flag: isFlagged = true
    case .skip: break
    }
  }

  /// The majority's answer; `nil` where nobody has given one, or where the item was flagged as unfit.
  ///
  /// A tie goes to the label that comes first in the project. Where several labels may apply, each needs more than half of
  /// the annotators, so a tie leaves it out.
  var answer: ConsensusAnswer? { isFlagged ? nil : majority }

  /// As ``answer``, whether the item was flagged or not: what exports show beside the flag.
  var majority: ConsensusAnswer? {
    guard opinions > 0 else { return nil }
    switch task {
    case .singleLabel:
      guard let most = votes.max(), most > 0, let winner = votes.firstIndex(of: most) else { return nil }
      return .class(winner)
    case .multiLabel: return .labels(votes.indices.filter { 2 * votes[$0] > opinions })
    }
  }
}
