import Tensors

/// What a training may start from and be bound to, besides its configuration.
public struct TrainingOptions: Sendable {
  /// Begin with this model's parameters and input scaling (warm start) instead of random ones.
  ///
  /// It must have the configuration's architecture and the set's width and classes.
  public var start: TrainedModel?
  /// Parameters that stay 0 (pruning).
  public var mask: ParameterMask?
  /// In which order rows are learned.
  public var order: TrainingOrder

  /// Creates options; without arguments training is from scratch in shuffled order.
  public init(start: TrainedModel? = nil, mask: ParameterMask? = nil, order: TrainingOrder = .shuffled) {
    self.start = start
    self.mask = mask
    self.order = order
  }

  func validate(_ set: LabelledSet, _ network: Network, _ configuration: TrainingConfiguration) throws(LearningError) {
    if let start {
      if start.inputs != network.inputs { throw .widthMismatch(expected: start.inputs, actual: network.inputs) }
      if start.architecture != configuration.architecture || start.classes != network.classes {
        throw .invalidConfiguration(
          "a warm start needs a model of the same architecture and number of classes; train from scratch instead")
      }
    }
    if let mask, mask.kept.count != network.parameterCount {
      throw .invalidConfiguration("the mask is for \(mask.kept.count) parameters, not \(network.parameterCount)")
    }
    try order.validate(rows: set.count)
  }
}

/// Which parameters of a network are trained; the others stay 0.
///
/// In the order of ``TrainedModel/parameterValues``.
public struct ParameterMask: Sendable, Equatable {
  /// Whether each parameter is kept.
  public var kept: [Bool]

  /// Creates a mask from one flag for each parameter.
  public init(kept: [Bool]) { self.kept = kept }

  /// The share of parameters that stay 0.
  public var sparsity: Double {
    kept.isEmpty ? 0 : Double(kept.count { !$0 }) / Double(kept.count)
  }

  /// Sets the parameters that are not kept to 0.
  func apply(to values: UnsafeMutablePointer<Float>) {
    for index in kept.indices where !kept[index] { values[index] = 0 }
  }
}

/// In which order, and from when on, rows take part in training.
public enum TrainingOrder: Sendable, Equatable {
  /// All rows in every epoch, shuffled.
  case shuffled
  /// Only part of the rows at first, by `difficulty` `(m)`, a number for each row, higher for harder ones.
  ///
  /// Source: Bengio et al., "Curriculum Learning", 2009.
  case curriculum(difficulty: [Float], pacing: CurriculumPacing = .init())

  func validate(rows: Int) throws(LearningError) {
    guard case .curriculum(let difficulty, let pacing) = self else { return }
    if difficulty.count != rows {
      throw .invalidConfiguration("there are \(difficulty.count) difficulties for \(rows) rows")
    }
    if difficulty.contains(where: \.isNaN) { throw .invalidConfiguration("a difficulty is not a number") }
    if !(pacing.start > 0 && pacing.start <= 1 && pacing.full >= 0 && pacing.full <= 1) {
      throw .invalidConfiguration("a curriculum needs a start above 0 and at most 1, and its end in 0...1")
    }
  }
}

/// How fast a curriculum grows: in a straight line from a first share of the rows to all of them.
public struct CurriculumPacing: Codable, Sendable, Equatable {
  /// The share of rows in the first epoch, above 0 and at most 1.
  public var start: Float
  /// The share of the epochs after which all rows take part.
  public var full: Float
  /// Whether the hardest rows come first (anti-curriculum).
  public var hardFirst: Bool

  /// Creates a pacing; the defaults begin with the easiest fifth and have all rows from half of the epochs on.
  public init(start: Float = 0.2, full: Float = 0.5, hardFirst: Bool = false) {
    self.start = start
    self.full = full
    self.hardFirst = hardFirst
  }

  /// The number of rows that take part in `epoch` of `epochs`, from 1, at least 2.
  func rows(_ rows: Int, epoch: Int, of epochs: Int) -> Int {
    let course = Float(epoch - 1) / max(1, full * Float(epochs))
    let share = course >= 1 ? 1 : start + (1 - start) * course
    return min(rows, max(2, Int((share * Float(rows)).rounded(.up))))
  }
}
