public import Domain
import Features
import Learning
import Storage
import Tensors

/// How the serving model does on the evaluation stream: which label it takes for which, and how far its confidence holds.
public struct EvaluationReport: Sendable {
  /// Labels that the model was sure of to about the same degree.
  public struct Bin: Sendable {
    /// Items in it.
    public var count: Int
    /// Their mean confidence; 0 where there are none.
    public var confidence: Double
    /// The share of them that the model has right; 0 where there are none.
    public var accuracy: Double
    /// The 95 % interval of that share.
    public var interval: ClosedRange<Double>
  }

  /// How the decisions about one label fall out.
  public struct LabelTally: Sendable {
    /// The label's name.
    public var label: String
    /// Items that bear it and were given it.
    public var hits = 0
    /// Items that bear it and were not given it.
    public var missed = 0
    /// Items that were given it and do not bear it.
    public var falseAlarms = 0
  }

  /// The round whose model is judged; `nil` before the first.
  public var round: Int?
  /// Items that it is judged on: none of them was ever trained on.
  public var items = 0
  /// The labels' names, in the project's order.
  public var labels: [String] = []
  /// Items that bear label `t` and were taken for label `p`, at `[t][p]`.
  ///
  /// Where an item may have several labels it counts once for each pair of one that it bears and one that the model gives.
  public var confusion: [[Int]] = []
  /// Hits and mistakes of every label, in the project's order.
  public var perLabel: [LabelTally] = []
  /// Confidence against accuracy, ten bins in ascending order.
  ///
  /// Where an item may have several labels every decision counts: the probability of each label, and whether it is borne.
  public var bins: [Bin] = []
  /// Why there is nothing to see, where there is not.
  public var reason: String?
}

/// How a model's decision about a label turned out.
public enum EvaluationOutcome: String, Sendable, CaseIterable {
  /// The item bears the label and was given it.
  case hit
  /// The item bears the label and was not given it.
  case missed
  /// The item was given the label and does not bear it.
  case falseAlarm = "false_alarm"

  func holds(borne: Bool, given: Bool) -> Bool {
    switch self {
    case .hit: borne && given
    case .missed: borne && !given
    case .falseAlarm: given && !borne
    }
  }
}

/// An item of the evaluation stream with what people and the model say of it.
public struct EvaluatedItem: Sendable {
  /// The item.
  public var item: Item
  /// What it consists of.
  public var content: ItemContent?
  /// What people agreed on.
  public var labels: [String]
  /// What the model says.
  public var prediction: Prediction
}

extension LabelingService {
  private static let bins = 10

  /// How the serving model does on the evaluation stream.
  ///
  /// - Complexity: O(evaluation labels · labels); it runs on a compute thread.
  public func evaluation(in project: ProjectID) async throws -> EvaluationReport {
    let definition = try overview(of: project).project
    return try await glance.run { [self] in
      var report = EvaluationReport(labels: definition.labels.map(\.name))
      let count = definition.labels.count
      report.confusion = Array(repeating: Array(repeating: 0, count: count), count: count)
      report.perLabel = report.labels.map { EvaluationReport.LabelTally(label: $0) }
      guard let judged = try judged(definition, &report) else { return report }
      report.items = judged.rows.count
      for (truth, predicted) in zip(judged.truth, judged.predicted) {
        for t in truth {
          for p in predicted { report.confusion[t][p] += 1 }
          if predicted.contains(t) { report.perLabel[t].hits += 1 } else { report.perLabel[t].missed += 1 }
        }
        for p in predicted where !truth.contains(p) { report.perLabel[p].falseAlarms += 1 }
      }
      let diagram = ReliabilityDiagram(
        confidences: judged.confidences, correct: judged.cameTrue, bins: Self.bins)
      report.bins = diagram.bins.map { bin in
        EvaluationReport.Bin(
          count: bin.count, confidence: bin.meanConfidence, accuracy: bin.accuracy,
          interval: bin.accuracyInterval.lower...bin.accuracyInterval.upper)
      }
      return report
    }
  }

  /// A page of the evaluation stream's items that bear a label and were taken for another, by their rows.
  ///
  /// - Parameters:
  ///   - label: only items that bear it, by its name.
  ///   - predicted: only items that the model gives it.
  ///   - outcome: only items with which the decision about `label` turned out so; `label` alone bears no longer on them then.
  ///   - after: the row of the last item of the page before.
  public func evaluationItems(
    in project: ProjectID, label: String?, predicted: String?, outcome: EvaluationOutcome? = nil, after: Int?,
    limit: Int
  ) async throws -> [EvaluatedItem] {
    let definition = try overview(of: project).project
    func index(_ name: String?, _ pointer: String) throws -> Int? {
      guard let name else { return nil }
      guard let index = definition.labels.firstIndex(where: { $0.name == name }) else {
        throw LabelingError.invalid(pointer, "“\(name.prefix(200))” is not a label of this project.")
      }
      return index
    }
    let (wanted, given) = (try index(label, "/label"), try index(predicted, "/predicted"))
    if outcome != nil, wanted == nil {
      throw LabelingError.invalid("/label", "An outcome is that of the decision about a label: name the label.")
    }
    @Sendable func fits(_ truth: [Int], _ predicted: [Int]) -> Bool {
      if let given, !predicted.contains(given) { return false }
      guard let wanted else { return true }
      guard let outcome else { return truth.contains(wanted) }
      return outcome.holds(borne: truth.contains(wanted), given: predicted.contains(wanted))
    }
    return try await glance.run { [self] in
      var report = EvaluationReport()
      guard let judged = try judged(definition, &report) else { return [] }
      let places = judged.rows.indices.filter { place in
        judged.rows[place] > after ?? -1 && fits(judged.truth[place], judged.predicted[place])
      }.sorted { judged.rows[$0] < judged.rows[$1] }.prefix(limit)
      let predictions = try predictions(forRows: places.map { judged.rows[$0] }, in: project)
      return try store.read { connection in
        try places.compactMap { place in
          let row = judged.rows[place]
          guard let item = try connection.items(rows: [row], in: project).first, let prediction = predictions[row]
          else {
            return nil
          }
          return EvaluatedItem(
            item: item, content: try connection.content(of: item.id),
            labels: judged.truth[place].map { definition.labels[$0].name }, prediction: prediction)
        }
      }
    }
  }

  /// The evaluation stream as the serving model sees it.
  private struct Judged {
    var rows: [Int]
    /// Indices of the labels that each item bears, and of those that the model gives it.
    var truth: [[Int]]
    var predicted: [[Int]]
    /// What the model was sure of to which degree, and whether it came true: of each item its likeliest label, or, where an
    /// item may have several, every label.
    var confidences: [Float] = []
    var cameTrue: [Bool] = []
  }

  private func judged(_ project: Project, _ report: inout EvaluationReport) throws -> Judged? {
    guard let serving = try models.current(project.id), let features = try features.current(project.id),
      features.version == serving.featureVersion
    else {
      report.reason = "There is no model yet: it comes with the first round on two different answers."
      return nil
    }
    report.round = serving.round
    let data = try store.read { try TrainingData(project: project, rows: features.view.rows, connection: $0) }
      .evaluation
    guard !data.rows.isEmpty else {
      report.reason = "No item of the evaluation stream has been labelled yet."
      return nil
    }
    let probabilities = try serving.probabilities(
      of: features.view.gatherRows(data.rows).view, seed: project.settings.seed)
    let labels = serving.labels.map { id in project.labels.firstIndex { $0.id == id } }
    var judged = Judged(rows: data.rows, truth: [], predicted: [])
    for place in data.rows.indices {
      judged.truth.append(data.sets.isEmpty ? [data.classes[place]] : data.sets[place])
      let row = (0..<probabilities.columns).compactMap { column in
        labels[column].map { (label: $0, probability: probabilities[place, column]) }
      }
      if serving.model.isMultiLabel {
        judged.predicted.append(row.filter { $0.probability >= 0.5 }.map(\.label))
        judged.confidences += row.map(\.probability)
        judged.cameTrue += row.map { judged.truth[place].contains($0.label) }
      } else {
        let best = row.max { $0.probability < $1.probability }
        judged.predicted.append(best.map { [$0.label] } ?? [])
        judged.confidences.append(best?.probability ?? 0)
        judged.cameTrue.append(best.map { [$0.label] == judged.truth[place] } ?? false)
      }
    }
    return judged
  }
}
