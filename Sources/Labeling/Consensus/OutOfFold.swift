import Consensus
import Domain
import Learning
import Storage
import Tensors

/// What models say about labelled items that they were not trained on.
///
/// The training items are dealt into folds, and each fold is predicted by a model that was trained on the others. Items of
/// the evaluation stream are never trained on, so all models together predict them.
struct OutOfFold: Sendable {
  /// Models that are trained.
  static let folds = 4

  /// The probability of each label by row of the pool `(c)`; of items with several labels each for itself.
  let probabilities: [Int: [Double]]

  /// Trains and predicts.
  ///
  /// - Returns: `nil` where there is too little to learn from: a fold for each model, and two different answers.
  /// - Throws: `LearningError`; `CancellationError` soon after `isCancelled` says so.
  /// - Complexity: `folds` trainings on `(folds − 1) / folds` of the labels.
  static func predict(
    _ data: TrainingData, features pool: PoolFeatures, project: Project, isCancelled: () -> Bool = { false }
  ) throws -> OutOfFold? {
    let features = pool.view
    let covered = data.training.rows.indices.filter { data.training.rows[$0] < features.rows }
    guard covered.count >= 2 * folds, data.isTrainable else { return nil }
    var order = covered
    var generator = SeededGenerator(seed: project.settings.seed, stream: 0xF01D)
    generator.shuffle(&order)
    var found: [Int: [Double]] = [:]
    let evaluation = data.evaluation.rows.filter { $0 < features.rows }
    var onEvaluation = [[Double]](
      repeating: [Double](repeating: 0, count: project.labels.count), count: evaluation.count)
    for fold in 0..<folds {
      if isCancelled() { throw CancellationError() }
      let held = order.indices.filter { $0 % folds == fold }.map { order[$0] }
      let kept = order.indices.filter { $0 % folds != fold }.map { order[$0] }
      let model = try train(kept, of: data.training, features: pool, project: project, isCancelled: isCancelled)
      let rows = held.map { data.training.rows[$0] }
      for (row, values) in zip(rows, try predict(rows, by: model, features: features)) { found[row] = values }
      for (index, values) in try predict(evaluation, by: model, features: features).enumerated() {
        for label in values.indices { onEvaluation[index][label] += values[label] / Double(folds) }
      }
    }
    for (row, values) in zip(evaluation, onEvaluation) { found[row] = values }
    return OutOfFold(probabilities: found)
  }

  private static func train(
    _ places: [Int], of part: TrainingData.Part, features: PoolFeatures, project: Project, isCancelled: () -> Bool
  ) throws -> TrainedModel {
    let classes = project.labels.count
    var kept = TrainingData.Part()
    for place in places {
      kept.append(part.rows[place], part.sets.isEmpty ? .class(part.classes[place]) : .labels(part.sets[place]))
    }
    let set = LabelledSet(
      features: features.view.gatherRows(kept.rows), targets: kept.targets(labels: classes), classes: classes)
    let configuration = project.settings.trainer.configuration(
      classes: classes, featurizer: features.featurizer, labels: places.count, seed: project.settings.seed)
    return try Learning.train(set, configuration, pool: .shared, isCancelled: isCancelled)
  }

  private static func predict(_ rows: [Int], by model: TrainedModel, features: MatrixView) throws -> [[Double]] {
    guard !rows.isEmpty else { return [] }
    let table = try model.probabilities(of: features.gatherRows(rows).view, pool: .shared)
    return (0..<table.rows).map { row in (0..<table.columns).map { Double(table[row, $0]) } }
  }

  /// A table of distributions for the items of a consensus; uniform rows where the models say nothing.
  func distributions(of table: OpinionTable) throws -> LabelDistributions {
    var values: [Double] = []
    values.reserveCapacity(table.items.count * table.labels)
    for item in table.items {
      if let known = probabilities[item.row] {
        let sum = known.reduce(0, +)
        values += known.map { $0 / sum }
      } else {
        values += [Double](repeating: 1 / Double(table.labels), count: table.labels)
      }
    }
    return try LabelDistributions(items: table.items.count, classes: table.labels, values: values)
  }

  /// The same for one label by itself: that it does not apply, and that it does.
  func binary(_ label: Int, of table: OpinionTable) throws -> LabelDistributions {
    let values = table.items.flatMap { item -> [Double] in
      let chosen = probabilities[item.row]?[label] ?? 0.5
      return [1 - chosen, chosen]
    }
    return try LabelDistributions(items: table.items.count, classes: 2, values: values)
  }
}

extension LabelConsensus {
  /// What a project settled, where each item has one label.
  init(_ consensus: ProjectConsensus) throws {
    let table = consensus.table
    self.init(
      probabilities: try LabelDistributions(
        items: table.items.count, classes: table.labels, values: consensus.distribution),
      labels: consensus.answers.map { $0?.indices.first })
  }
}
