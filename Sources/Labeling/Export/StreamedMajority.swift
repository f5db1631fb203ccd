import Consensus
import Domain
import Storage

/// The answer that most annotators gave, item by item: the majority of ``ProjectConsensus`` without its memory.
///
/// An item's votes decide alone, unless labels are tied: then those count more who agree with others more, which takes one
/// look at all opinions when the first tie is met.
struct StreamedMajority {
  private let project: Project
  private let connection: Connection
  private let place: [LabelID: Int]
  /// How far each annotator agrees with others, once it was needed.
  private var weights: AgreementTally?

  init(project: Project, connection: Connection) {
    self.project = project
    self.connection = connection
    place = Dictionary(uniqueKeysWithValues: project.labels.enumerated().map { ($0.element.id, $0.offset) })
  }

  /// The labels that the annotators agree on, by their indices, and how probable they are; `nil` without opinions.
  mutating func answer(_ record: borrowing ExportRecord) throws -> (labels: [Int], probability: Double)? {
    // The newest opinion of each annotator counts.
    var said: [(annotator: UserID, labels: [Int])] = []
    for opinion in record.said where opinion.outcome == .label {
      if said.contains(where: { $0.annotator == opinion.annotator }) {
        said.removeAll { $0.annotator == opinion.annotator }
      }
      said.append((opinion.annotator, record.labels(of: opinion).compactMap { place[$0] }))
    }
    return project.task == .multiLabel ? sets(said.map(\.labels)) : try single(said)
  }

  private mutating func single(_ said: [(annotator: UserID, labels: [Int])]) throws -> (
    labels: [Int], probability: Double
  )? {
    let votes = said.compactMap { opinion in opinion.labels.first.map { (annotator: opinion.annotator, label: $0) } }
    guard let first = votes.first else { return nil }
    if votes.count == 1 { return ([first.label], 1) }
    var counts: [Int: Int] = [:]
    for vote in votes { counts[vote.label, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    let tied = counts.filter { $0.value == most }.keys.sorted()
    let winner: Int
    if tied.count == 1 {
      winner = tied[0]
    } else {
      let weights = try self.weights ?? tally()
      self.weights = weights
      var best: (label: Int, weight: Double) = (tied[0], -.infinity)
      for label in tied {
        let weight = votes.reduce(0.0) {
          $0 + ($1.label == label ? weights.share(of: Int($1.annotator.rawValue)) ?? 0 : 0)
        }
        if weight > best.weight { best = (label, weight) }
      }
      winner = best.label
    }
    return ([winner], Self.share(of: most, in: votes.count))
  }

  /// A share of votes, added up as ``majority(_:tieWeights:)`` does.
  private static func share(of votes: Int, in all: Int) -> Double {
    (0..<votes).reduce(0.0) { sum, _ in sum + 1 / Double(all) }
  }

  /// Each label by itself; where as many say no as say yes, it does not apply.
  private func sets(_ said: [[Int]]) -> (labels: [Int], probability: Double)? {
    guard !said.isEmpty else { return nil }
    var labels: [Int] = []
    var confidence = 1.0
    for label in project.labels.indices {
      let yes = said.count { $0.contains(label) }
      let applies = 2 * yes > said.count
      let probability = Self.share(of: yes, in: said.count)
      if applies { labels.append(label) }
      confidence = min(confidence, applies ? probability : 1 - probability)
    }
    return (labels, confidence)
  }

  /// Looks at all opinions once.
  private func tally() throws -> AgreementTally {
    var tally = AgreementTally()
    var row: Int?
    var opinions: [(annotator: Int, label: Int)] = []
    try connection.forEachOpinion(in: project.id) { next, _, annotator, outcome, labels in
      if next != row {
        tally.add(opinions)
        opinions.removeAll(keepingCapacity: true)
        row = next
      }
      guard outcome == .label else { return }
      opinions.removeAll { $0.annotator == Int(annotator.rawValue) }
      if let label = labels.lazy.compactMap({ place[$0] }).first { opinions.append((Int(annotator.rawValue), label)) }
    }
    tally.add(opinions)
    return tally
  }
}
