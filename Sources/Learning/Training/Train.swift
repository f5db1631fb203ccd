public import Tensors

/// Trains a network from scratch on a labelled set.
///
/// Deterministic for a seed, bit for bit, whatever the number of threads. Where all labels are of one class the result is
/// a constant model that favours it (Laplace's rule of succession).
/// - Parameters:
///   - set: features `(m, d)` of any scale, with their classes.
///   - pool: threads for large mini-batches; usual ones are too small to share.
///   - progress: called on this thread after every epoch.
///   - isCancelled: asked before every mini-batch.
/// - Throws: ``LearningError``: ``LearningError/cancelled`` within one mini-batch, ``LearningError/notFinite(epoch:)``
///   where the loss diverges, and what ``LabelledSet/validate()`` finds.
/// - Complexity: O(epochs · m · parameters) time; a copy of the features and a few times the parameters in memory.
public func train(
  _ set: LabelledSet, _ configuration: TrainingConfiguration, pool: ComputePool? = nil,
  progress: (TrainingProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
) throws(LearningError) -> TrainedModel {
  try configuration.validate()
  try set.validate()
  if isCancelled() { throw .cancelled }
  if let constant = TrainedModel(ifConstant: set) { return constant }
  let (training, holdout) = splitHoldout(set, configuration)
  let scaling = InputScaling(fitting: training.features.view)
  let network = Network(configuration.architecture, inputs: set.features.columns, classes: set.classes)
  let run = TrainingRun(
    network: network, configuration: configuration,
    training: LabelledSet(
      features: scaling.apply(to: training.features.view), labels: training.labels, classes: set.classes),
    holdout: holdout.map {
      LabelledSet(features: scaling.apply(to: $0.features.view), labels: $0.labels, classes: set.classes)
    }, pool: pool)
  let outcome = try run.run(progress: progress, isCancelled: isCancelled)
  return TrainedModel(
    architecture: configuration.architecture, network: network, scaling: scaling, parameters: outcome.parameters,
    summary: outcome.summary)
}

/// Separates the rows that early stopping watches, or none where the rule is off or there are too few labels.
private func splitHoldout(
  _ set: LabelledSet, _ configuration: TrainingConfiguration
) -> (training: LabelledSet, holdout: LabelledSet?) {
  guard let rule = configuration.earlyStopping, set.labels.count >= max(2, rule.minimumLabels) else {
    return (set, nil)
  }
  var order = Array(set.labels.indices)
  var generator = SeededGenerator(seed: configuration.seed, stream: RandomStream.holdout.rawValue)
  generator.shuffle(&order)
  let held = max(1, Int(Float(order.count) * rule.fraction))
  return (set.subset(Array(order[held...])), set.subset(Array(order[..<held])))
}

/// Independent streams of a training seed.
enum RandomStream: UInt64 {
  case startValues = 0
  case order = 1
  case dropout = 2
  case holdout = 3
}
