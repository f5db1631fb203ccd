public import Tensors

/// A network of which a share of the weights has been removed.
public struct PrunedModel: Sendable {
  /// The share of the weights that are 0; biases are kept.
  public let sparsity: Double
  /// How well it predicts the validation rows: accuracy, or label-ranking average precision for several labels.
  public let accuracy: Double
  /// Weights and biases that are left.
  public let remainingParameters: Int
  /// The network.
  public let model: TrainedModel
  /// Which of its parameters are left.
  public let mask: ParameterMask
}

/// Removes the smallest weights step by step, training what is left after every step.
///
/// Magnitudes are compared over the whole network. Each step begins with the network of the step before it. The first
/// result is the dense network, so that the price of each sparsity can be read off.
///
/// Source: Han et al., "Learning both Weights and Connections for Efficient Neural Networks", 2015.
/// - Parameters:
///   - set: labelled rows to train on.
///   - validation: labelled rows that accuracy is measured on.
///   - sparsities: shares of the weights to remove, ascending, each in `0..<1`.
///   - retrainingEpochs: after every step; nil takes half of the configuration's.
/// - Throws: ``LearningError``: sparsities that do not ascend, and what training throws.
/// - Complexity: a training, and a shorter one for each sparsity.
public func prune(
  _ set: LabelledSet, _ configuration: TrainingConfiguration, validation: LabelledSet,
  sparsities: [Double] = [0.5, 0.8, 0.9, 0.95], retrainingEpochs: Int? = nil, pool: ComputePool? = nil,
  progress: (TrainingProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
) throws(LearningError) -> [PrunedModel] {
  try validation.validate()
  for (index, sparsity) in sparsities.enumerated() {
    if !(sparsity >= 0 && sparsity < 1 && (index == 0 || sparsity > sparsities[index - 1])) {
      throw .invalidConfiguration("sparsities must ascend within 0..<1, but are \(sparsities)")
    }
  }
  var model = try train(set, configuration, pool: pool, progress: progress, isCancelled: isCancelled)
  var mask = ParameterMask(kept: [Bool](repeating: true, count: model.parameterCount))
  var results = [try judged(model, mask, validation, pool)]
  // A constant model, of labels of one class, has nothing to train again.
  guard model.architecture == configuration.architecture, model.epochsRun > 0 else { return results }
  var retraining = configuration
  retraining.epochs = max(1, retrainingEpochs ?? configuration.epochs / 2)
  retraining.minimumSteps = retrainingEpochs == nil ? configuration.minimumSteps / 2 : 0
  for sparsity in sparsities {
    mask = model.magnitudeMask(sparsity: sparsity)
    model = try train(
      set, retraining, options: TrainingOptions(start: model, mask: mask), pool: pool, progress: progress,
      isCancelled: isCancelled)
    results.append(try judged(model, mask, validation, pool))
  }
  return results
}

private func judged(
  _ model: TrainedModel, _ mask: ParameterMask, _ validation: LabelledSet, _ pool: ComputePool?
) throws(LearningError) -> PrunedModel {
  let probabilities = try model.probabilities(of: validation.features.view, pool: pool)
  let scores = itemScores(probabilities.view, validation.targets)
  let weights = model.isWeight.count { $0 }
  let removed = mask.kept.count { !$0 }
  return PrunedModel(
    sparsity: Double(removed) / Double(max(1, weights)), accuracy: scores.reduce(0, +) / Double(scores.count),
    remainingParameters: mask.kept.count - removed, model: model, mask: mask)
}

extension TrainedModel {
  /// Keeps all biases and the largest weights, so that `sparsity` of the weights fall away; of equal ones later ones go.
  public func magnitudeMask(sparsity: Double) -> ParameterMask {
    let (values, isWeight) = (parameterValues, isWeight)
    let weights = values.indices.filter { isWeight[$0] }
    let keeping = weights.count - Int((sparsity * Double(weights.count)).rounded())
    var kept = isWeight.map { !$0 }
    for place in topK(weights.map { abs(values[$0]) }, k: keeping) { kept[weights[place]] = true }
    return ParameterMask(kept: kept)
  }
}
