public import Tensors

/// Trains a network on a labelled set, from scratch unless `options` say otherwise.
///
/// Deterministic for a seed, bit for bit, whatever the number of threads. Where all labels are of one class the result is
/// a constant model that favours it (Laplace's rule of succession). Nothing outlives a training that was cancelled.
/// - Parameters:
///   - set: features `(m, d)` of any scale, with their targets. Several labels for a row give a model of sigmoids.
///   - pool: threads for convolutional networks and for large mini-batches; usual ones of others are too small to share.
///   - progress: called on this thread after every epoch.
///   - isCancelled: asked before every mini-batch.
/// - Throws: ``LearningError``: ``LearningError/cancelled`` within one mini-batch, ``LearningError/notFinite(epoch:)``
///   where the loss diverges, and what ``LabelledSet/validate()`` finds.
/// - Complexity: O(epochs · m · parameters) time; a copy of the features and a few times the parameters in memory.
public func train(
  _ set: LabelledSet, _ configuration: TrainingConfiguration, options: TrainingOptions = .init(),
  pool: ComputePool? = nil, progress: (TrainingProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
) throws(LearningError) -> TrainedModel {
  try set.validate()
  try configuration.validate(classes: set.classes)
  try configuration.architecture.validate(inputs: set.features.columns)
  let network = Network(configuration.architecture, inputs: set.features.columns, classes: set.classes)
  try options.validate(set, network, configuration)
  if isCancelled() { throw .cancelled }
  if let constant = TrainedModel(ifConstant: set) { return constant }
  let (training, holdout) = splitHoldout(set, configuration)
  let features = training.map { set.features.gatherRows($0) } ?? set.features
  let scaling = options.start?.scaling ?? InputScaling(fitting: features.view)
  let (architecture, kind) = (configuration.architecture, set.targets.outputKind)
  func scaled(_ rows: [Int]?) -> LabelledSet {
    var part = rows.map { set.subset($0) } ?? set
    part.features = scaling.apply(to: part.features.view)
    return part
  }
  let run = TrainingRun(
    network: network, configuration: configuration, options: options, training: scaled(training),
    places: training ?? Array(0..<set.count),
    holdout: holdout.map { scaled($0) }, pool: pool,
    model: { parameters, summary in
      TrainedModel(
        architecture: architecture, network: network, outputKind: kind, scaling: scaling, parameters: parameters,
        summary: summary)
    })
  let outcome =
    if let rule = configuration.updateRule(for: network) {
      try run.run(rule, progress: progress, isCancelled: isCancelled)
    } else {
      try run.runWithAllRows(progress: progress, isCancelled: isCancelled)
    }
  return run.model(outcome.parameters, outcome.summary)
}

/// Separates the rows that early stopping watches, or nil twice where the rule is off or there are too few labels.
private func splitHoldout(
  _ set: LabelledSet, _ configuration: TrainingConfiguration
) -> (training: [Int]?, holdout: [Int]?) {
  guard let rule = configuration.earlyStopping, set.count >= max(2, rule.minimumLabels) else { return (nil, nil) }
  var order = Array(0..<set.count)
  var generator = SeededGenerator(seed: configuration.seed, stream: RandomStream.holdout.rawValue)
  generator.shuffle(&order)
  let held = max(1, Int(Float(order.count) * rule.fraction))
  return (Array(order[held...]), Array(order[..<held]))
}

/// Independent streams of a training seed.
enum RandomStream: UInt64 {
  case startValues = 0
  case order = 1
  case dropout = 2
  case holdout = 3
  /// The first of a stream for every slice of every mini-batch.
  case slices = 65_536
}
