import Domain
import Learning
import Tensors

extension RoundWork {
  /// Trains a model, or reads the one that this round had already written.
  mutating func train(on ground: Ground) throws -> ServingModel? {
    guard let features = ground.features, ground.data.isTrainable else { return nil }
    if let artifact = round.artifact,
      let known = try? service.models.load(artifact, round: round.number, project: project),
      known.featureVersion == features.version, known.labels == ground.definition.labels.map(\.id)
    {
      report.model = RoundReport(text: round.report).model
      return known
    }
    let training = RoundTraining(
      project: ground.definition, features: features, data: ground.data, seed: round.seed &+ UInt64(round.number),
      previous: try? service.models.current(project))
    let outcome = try timed("training", figures: { ($0.model.trainingOperations, $0.model.parameterCount) }) { work in
      try training.run(progress: { work.tell($0) }, isCancelled: { work.isCancelled })
    }
    let model = outcome.model
    report.model = RoundReport.Model(
      configuration: outcome.configuration, features: features.view.columns, featureVersion: features.version,
      classes: ground.definition.labels.count, parameters: model.parameterCount, flops: model.trainingOperations,
      epochs: model.members.map(\.epochsRun).max() ?? 0,
      loss: model.members.reduce(0) { $0 + $1.finalLoss } / Double(model.members.count), members: model.members.count,
      committee: model.committee, notes: outcome.notes.isEmpty ? nil : outcome.notes)
    round.artifact = try service.models.save(
      model, labels: ground.definition.labels, featureVersion: features.version, round: round.number, project: project)
    return ServingModel(
      round: round.number, model: model, labels: ground.definition.labels.map(\.id), featurizer: features.featurizer,
      featureVersion: features.version)
  }

  /// Measures a model on the evaluation stream and fits what corrects its probabilities.
  mutating func measure(_ model: ServingModel, on ground: Ground) throws -> ServingModel {
    guard let features = ground.features, !ground.data.evaluation.rows.isEmpty else { return model }
    let (evaluation, classes) = (ground.data.evaluation, ground.definition.labels.count)
    let seed = ground.definition.settings.seed
    let probabilities = try timed(
      "measuring", figures: { _ in (model.model.operations(items: evaluation.rows.count), nil) }
    ) { _ in
      try model.model.probabilities(of: features.view.gatherRows(evaluation.rows).view, seed: seed)
    }
    let truth = evaluation.targets(labels: classes)
    switch truth {
    case .labels(let rows):
      report.labelMetrics = MultiLabelMetrics(probabilities: probabilities.view, labels: rows.view)
    default: report.metrics = ClassificationMetrics(probabilities: probabilities, labels: evaluation.classes)
    }
    report.calibration = Calibration(
      probabilities: probabilities, truth: truth, annotators: ground.data.evaluators.count)
    var calibrated = model
    calibrated.calibration = report.calibration?.scaling
    return calibrated
  }
}

extension RoundModel {
  /// Floating-point operations that training all networks took.
  fileprivate var trainingOperations: Double { members.reduce(0) { $0 + $1.trainingFLOPs } }
}
