import Consensus
import Domain
import Storage

/// What a project's annotators agree on, with what was settled by hand in its place.
struct ProjectConsensus: Sendable {
  let table: OpinionTable
  /// The way that was used: majority or Dawid and Skene.
  let method: ConsensusSettings.Method
  /// Why it is not the one that the project asks for, or how `auto` chose.
  let reason: String?
  /// The answer for each item, whether it was flagged or not; `nil` where nobody has given one.
  let answers: [ConsensusAnswer?]
  /// How probable each answer is.
  let probabilities: [Double?]
  /// The probability of each label `(items, labels)`, row-major; of items with several labels each for itself.
  let distribution: [Double]
  /// The model of the annotators, where each opinion is one label.
  let model: DawidSkene?

  /// Settles a project's items.
  ///
  /// - Parameter method: the way; the project's own where missing.
  /// - Complexity: O(opinions) for the majority; that of ``DawidSkene/fit(_:_:)`` else, for each label where an item may have
  ///   several.
  init(project: Project, method: ConsensusSettings.Method? = nil, connection: Connection) throws {
    self.init(
      table: try OpinionTable(project: project, connection: connection), project: project,
      method: method ?? project.settings.consensus.method)
  }

  init(table: OpinionTable, project: Project, method: ConsensusSettings.Method) {
    self.table = table
    (self.method, reason) = Self.resolve(method, table, project)
    var answers: [ConsensusAnswer?]
    var probabilities: [Double?]
    switch project.task {
    case .singleLabel:
      let opinions = Self.checked { try table.single() }
      let model = self.method == .dawidSkene ? DawidSkene.fit(opinions) : nil
      let consensus = model?.consensus ?? Self.majority(of: opinions)
      answers = consensus.labels.map { $0.map { .class($0) } }
      probabilities = (0..<table.items.count).map { consensus.probability(of: $0) }
      distribution = consensus.probabilities.values
      self.model = model
    case .multiLabel:
      let method = self.method
      let consensus = MultiLabelConsensus(Self.checked { try table.sets() }) {
        method == .dawidSkene ? DawidSkene.fit($0).consensus : Consensus.majority($0)
      }
      answers = consensus.labels.map { $0.map { .labels($0) } }
      probabilities = consensus.confidence
      distribution = consensus.probabilities
      model = nil
    }
    for (index, item) in table.items.enumerated() {
      guard let settled = item.settled else { continue }
      probabilities[index] = 1
      switch project.task {
      case .singleLabel: answers[index] = settled.first.map { .class($0) }
      case .multiLabel: answers[index] = .labels(settled)
      }
    }
    self.answers = answers
    self.probabilities = probabilities
  }

  /// The table is in range and without repetition by the way it is read.
  private static func checked<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("a table of opinions is not as it was read: \(error)") }
  }

  /// The majority, ties going to those who agree more with the others.
  private static func majority(of opinions: Opinions) -> LabelConsensus {
    let first = Consensus.majority(opinions)
    let quality = annotatorQuality(opinions, consensus: first)
    return Consensus.majority(opinions, tieWeights: quality.map { $0.agreementWithOthers ?? 0 })
  }

  /// Items with several opinions that Dawid and Skene's model needs at least, and annotators.
  private static let enough = (items: 30, annotators: 3)
  /// Labels of which each gets a model of its own, at most, where `auto` decides.
  private static let severalLabelsLimit = 100

  private static func resolve(
    _ method: ConsensusSettings.Method, _ table: OpinionTable, _ project: Project
  ) -> (ConsensusSettings.Method, String?) {
    guard method == .auto else { return (method, nil) }
    guard project.settings.overlap >= 2 else {
      return (.majority, "Items have one opinion each: there is nobody to weigh against others.")
    }
    let items = max(enough.items, 5 * project.labels.count)
    guard table.several >= items, table.annotators.count >= enough.annotators else {
      return (
        .majority,
        "Annotators are weighed once \(items) items have opinions of several, from \(enough.annotators) annotators or more."
      )
    }
    if project.task == .multiLabel, project.labels.count > severalLabelsLimit {
      return (.majority, "With more than \(severalLabelsLimit) labels each is settled by the majority.")
    }
    return (.dawidSkene, nil)
  }

  /// What a model may be trained on: not what was flagged, unless it was settled by hand.
  func trainingAnswer(_ item: Int) -> ConsensusAnswer? {
    let entry = table.items[item]
    return entry.isFlagged && entry.settled == nil ? nil : answers[item]
  }

  /// The probability of each label of an item.
  func distribution(of item: Int) -> ArraySlice<Double> {
    distribution[(item * table.labels)..<((item + 1) * table.labels)]
  }
}
