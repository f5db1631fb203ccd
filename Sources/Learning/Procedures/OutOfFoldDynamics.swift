public import Tensors

/// Training dynamics of every labelled item under models that did not train on it.
///
/// In-sample dynamics would show what a model has memorised. Rows are dealt to stratified folds; each fold is predicted by a
/// model of the others, at a few checkpoints after the first fifth of its epochs. Early stopping is off, so that all folds
/// have the same checkpoints. Deterministic for a seed, whatever the number of threads.
/// - Parameters:
///   - set: at least two rows. One class gives constant models that are right; a class of one row cannot be judged out of
///     fold, see ``TrainingDynamics/unmeasured``.
///   - folds: at least 2; no more than there are rows.
///   - checkpoints: predictions of each row that figures are averaged over.
///   - pool: threads, one for each fold.
/// - Throws: ``LearningError``: too few labels, and what training throws.
/// - Complexity: about `folds - 1` trainings, over threads.
public func outOfFoldDynamics(
  _ set: LabelledSet, _ configuration: TrainingConfiguration, folds: Int = 4, checkpoints: Int = 6,
  pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false }
) throws(LearningError) -> TrainingDynamics {
  try set.validate()
  if set.count < 2 { throw .tooFewLabels(needed: 2, actual: set.count) }
  if folds < 2 { throw .invalidConfiguration("folds is \(folds), but must be at least 2") }
  let used = min(folds, set.count)
  let fold = stratifiedFolds(set.targets, folds: used, seed: configuration.seed)
  let lonelyLabels = set.labelsOfOneRow
  let parts = try parallelTrainings(used, on: pool, isCancelled: isCancelled) { index throws(LearningError) in
    let held = fold.indices.filter { fold[$0] == index }
    var own = configuration
    own.earlyStopping = nil
    own.seed = derivedSeed(configuration.seed, part: index)
    var recorder = DynamicsRecorder(
      set.subset(held), checkpoints: checkpoints, skippedShare: 0.2, ignoredPositives: lonelyLabels)
    var failure: LearningError?
    let model = try train(
      set.subset(fold.indices.filter { fold[$0] != index }), own,
      progress: { report in
        do throws(LearningError) { try recorder.record(report) } catch { failure = error }
      }, isCancelled: isCancelled)
    if let failure { throw failure }
    if recorder.checkpoints == 0 { try recorder.record(model) }
    return (held, recorder.dynamics())
  }
  return merge(parts, rows: set.count, unmeasured: set.rowsOfLonelyClasses)
}

/// The map of a data set: training dynamics of every item under a model that trains on it.
///
/// For insight into labels: hard items are often labelled wrongly. Not for learnability: the model memorises. A round that
/// trains anyway collects the same with a ``DynamicsRecorder`` at no more cost than the predictions.
/// - Throws: ``LearningError``, as a training does.
public func datasetMap(
  _ set: LabelledSet, _ configuration: TrainingConfiguration, checkpoints: Int = 20, pool: ComputePool? = nil,
  isCancelled: () -> Bool = { false }
) throws(LearningError) -> TrainingDynamics {
  var own = configuration
  own.earlyStopping = nil
  var recorder = DynamicsRecorder(set, checkpoints: checkpoints)
  var failure: LearningError?
  let model = try train(
    set, own, pool: pool,
    progress: { report in
      do throws(LearningError) { try recorder.record(report) } catch { failure = error }
    }, isCancelled: isCancelled)
  if let failure { throw failure }
  if recorder.checkpoints == 0 { try recorder.record(model) }
  return recorder.dynamics()
}

/// Puts the folds' figures to the places of their rows.
private func merge(_ parts: [([Int], TrainingDynamics)], rows: Int, unmeasured: [Int]) -> TrainingDynamics {
  var confidence = [Float](repeating: 0, count: rows)
  var (variability, correctness) = (confidence, confidence)
  for (held, dynamics) in parts {
    for (position, row) in held.enumerated() {
      confidence[row] = dynamics.confidence[position]
      variability[row] = dynamics.variability[position]
      correctness[row] = dynamics.correctness[position]
    }
  }
  for row in unmeasured { (confidence[row], variability[row], correctness[row]) = (0.5, 0, 0.5) }
  return TrainingDynamics(
    confidence: confidence, variability: variability, correctness: correctness, unmeasured: unmeasured,
    checkpoints: parts.map(\.1.checkpoints).min() ?? 0)
}

extension LabelledSet {
  /// Rows whose class no other row has: a model of the others cannot know it.
  ///
  /// Of several labels none, see ``labelsOfOneRow``.
  fileprivate var rowsOfLonelyClasses: [Int] {
    if case .labels = targets { return [] }
    return targets.strata.filter { $0.count == 1 }.flatMap { $0 }.sorted()
  }

  /// For several labels, whether each holds in fewer than two rows, `(c)`; otherwise empty.
  fileprivate var labelsOfOneRow: [Bool] {
    guard case .labels(let rows) = targets else { return [] }
    return (0..<classes).map { column in (0..<rows.rows).count { rows.view[$0][column] >= 0.5 } < 2 }
  }
}
