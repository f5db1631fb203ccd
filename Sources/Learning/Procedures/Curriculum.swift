private import Glibc
public import Tensors

/// Which rows a training begins with.
public enum Curriculum: String, Codable, Sendable, CaseIterable {
  /// All rows in every epoch, shuffled.
  case none
  /// Rows that were easy for the last round's model first (Bengio et al., 2009).
  case easyFirst = "easy_first"
  /// Rows that were hard for it first (anti-curriculum).
  case hardFirst = "hard_first"

  /// The order for a training on `set`, from the losses of its rows under the last round's model.
  ///
  /// - Parameters:
  ///   - previous: nil, in the first round, shuffles all rows.
  ///   - start: the share of rows in the first epoch, above 0 and at most 1.
  ///   - full: the share of the epochs after which all rows take part.
  /// - Throws: ``LearningError`` where the model is for other features or classes.
  public func order(
    for set: LabelledSet, after previous: TrainedModel?, start: Float = 0.2, full: Float = 0.5
  ) throws(LearningError) -> TrainingOrder {
    guard self != .none, let previous else { return .shuffled }
    return .curriculum(
      difficulty: try difficulty(of: set, under: previous),
      pacing: CurriculumPacing(start: start, full: full, hardFirst: self == .hardFirst))
  }
}

/// How hard each row of `set` is for a model, `(m)`: its loss in nats; of several labels the mean over labels.
///
/// Also a weight for rows, as an alternative to an order. Probabilities below 1.2e-7 count as that.
/// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/targetWidth(expected:actual:)`` where the
///   set of labels has changed since the model was trained.
public func difficulty(
  of set: LabelledSet, under model: TrainedModel, pool: ComputePool? = nil
) throws(LearningError) -> [Float] {
  try set.validate()
  if model.classes != set.classes || model.outputKind != set.targets.outputKind {
    throw .targetWidth(expected: model.classes, actual: set.classes)
  }
  let probabilities = try model.probabilities(of: set.features.view, pool: pool)
  let view = probabilities.view
  func loss(_ p: Float) -> Float { -log(max(p, 0x1p-23)) }
  return (0..<set.count).map { row in
    switch set.targets {
    case .classes(let labels): loss(view[row][labels[row]])
    case .distributions(let rows): zip(view[row], rows.view[row]).reduce(0) { $0 + $1.1 * loss($1.0) }
    case .labels(let rows):
      zip(view[row], rows.view[row]).reduce(0) { $0 + $1.1 * loss($1.0) + (1 - $1.1) * loss(1 - $1.0) }
        / Float(set.classes)
    }
  }
}
