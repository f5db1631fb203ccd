private import Glibc
public import Tensors

/// How a student learns from a committee.
public struct Distillation: Codable, Sendable, Equatable {
  /// What the teacher's logits are divided by for the student to learn from: above 1 it shows which mistakes are near.
  ///
  /// The mean of a committee is soft as it is, so that 1 does as well as more; one sure teacher is better at 2 to 4.
  public var temperature: Double
  /// Of a labelled row's target, the share in `0...1` that is its label; the rest is the teacher's opinion.
  public var labelShare: Double
  /// Unlabelled rows that are learned from at most, drawn uniformly where there are more.
  public var rowLimit: Int

  /// Creates settings; the defaults suit a committee of some members.
  public init(temperature: Double = 1, labelShare: Double = 0.5, rowLimit: Int = 20_000) {
    self.temperature = temperature
    self.labelShare = labelShare
    self.rowLimit = rowLimit
  }

  func validate() throws(LearningError) {
    if !(temperature >= 0.1 && temperature <= 100) {
      throw .invalidConfiguration("the temperature of distillation is \(temperature), but must be in 0.1...100")
    }
    if !(labelShare >= 0 && labelShare <= 1) {
      throw .invalidConfiguration("labelShare is \(labelShare), but must be in 0...1")
    }
    if rowLimit < 0 { throw .invalidConfiguration("rowLimit is \(rowLimit), but cannot be negative") }
  }
}

/// Trains one network to predict what a committee does, for the cost of one at prediction.
///
/// The student learns the teacher's soft targets at a temperature on unlabelled and labelled rows, on labelled ones mixed
/// with their labels; its last layer is then scaled back, so that its probabilities are those at temperature 1.
///
/// Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015.
/// - Parameters:
///   - teacher: gives the mean probabilities `(n, c)` of the committee for rows `(n, d)`.
///   - pool: unlabelled rows `(n, d)`; may be empty.
///   - labelled: labelled rows, whose kind of target the student gets; may be empty only of rows.
///   - configuration: of the student.
/// - Throws: ``LearningError``, as training does.
/// - Complexity: one prediction of the teacher, and a training on all rows, whose features are copied.
public func distill(
  teacher: (MatrixView) throws(LearningError) -> Matrix, over pool: MatrixView, labelled: LabelledSet,
  _ configuration: TrainingConfiguration, settings: Distillation = .init(), threads: ComputePool? = nil,
  progress: (TrainingProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
) throws(LearningError) -> TrainedModel {
  try settings.validate()
  if labelled.count > 0 { try labelled.validate() }
  if pool.columns != labelled.features.columns {
    throw .widthMismatch(expected: labelled.features.columns, actual: pool.columns)
  }
  let kind = labelled.targets.outputKind
  let drawn = pool.gatherRows(drawnRows(pool.rows, limit: settings.rowLimit, seed: configuration.seed))
  let features = stacked(drawn, labelled.features)
  if features.rows == 0 { throw .noLabels }
  var targets = try teacher(features.view)
  if targets.columns != labelled.classes || targets.rows != features.rows {
    throw .targetWidth(expected: labelled.classes, actual: targets.columns)
  }
  let softened = TemperatureScaling(temperature: settings.temperature)
  targets = softened.apply(to: targets.view, kind: kind)
  targets.mix(labelled.targets, from: drawn.rows, share: Float(settings.labelShare))
  let set = LabelledSet(
    features: features, targets: kind == .softmax ? .distributions(targets) : .labels(targets),
    classes: labelled.classes)
  let student = try train(
    set, configuration, pool: threads, progress: progress, isCancelled: isCancelled)
  return student.withLogits(scaledBy: Float(settings.temperature))
}

/// Distils an ensemble; see ``distill(teacher:over:labelled:_:settings:threads:progress:isCancelled:)``.
public func distill(
  _ teacher: Ensemble, over pool: MatrixView, labelled: LabelledSet, _ configuration: TrainingConfiguration,
  settings: Distillation = .init(), threads: ComputePool? = nil, progress: (TrainingProgress) -> Void = { _ in },
  isCancelled: () -> Bool = { false }
) throws(LearningError) -> TrainedModel {
  try distill(
    teacher: { rows throws(LearningError) in try teacher.probabilities(of: rows, pool: threads) }, over: pool,
    labelled: labelled, configuration, settings: settings, threads: threads, progress: progress,
    isCancelled: isCancelled)
}

extension TrainedModel {
  /// The same model with all logits multiplied: its last layer's weights and biases.
  func withLogits(scaledBy factor: Float) -> TrainedModel {
    var scaled = parameters
    let last = network.offsets[network.offsets.count - 1]
    scaled.withUnsafeMutableBufferPointer { values in
      for index in last..<values.count { values[index] *= factor }
    }
    return TrainedModel(
      architecture: architecture, network: network, outputKind: outputKind, scaling: scaling, parameters: scaled,
      summary: summary)
  }
}

/// All rows, or `limit` of them drawn uniformly, ascending.
private func drawnRows(_ rows: Int, limit: Int, seed: UInt64) -> [Int] {
  var order = Array(0..<rows)
  if rows <= limit { return order }
  var generator = SeededGenerator(seed: seed, stream: 0xD157)
  generator.shuffle(&order)
  return order[..<limit].sorted()
}

private func stacked(_ upper: Matrix, _ lower: Matrix) -> Matrix {
  var result = Matrix(rows: upper.rows + lower.rows, columns: upper.columns)
  result.withUnsafeMutableBufferPointer { values in
    guard let base = values.baseAddress else { return }
    base.update(from: upper.view.base, count: upper.rows * upper.columns)
    (base + upper.rows * upper.columns).update(from: lower.view.base, count: lower.rows * lower.columns)
  }
  return result
}

extension Matrix {
  /// Moves the rows from `first` on towards `targets` by `share`.
  fileprivate mutating func mix(_ targets: Targets, from first: Int, share: Float) {
    let columns = columns
    withUnsafeMutableBufferPointer { values in
      for row in 0..<targets.count {
        for column in 0..<columns {
          let truth: Float =
            switch targets {
            case .classes(let labels): labels[row] == column ? 1 : 0
            case .distributions(let rows), .labels(let rows): rows.view[row][column]
            }
          let index = (first + row) * columns + column
          values[index] += share * (truth - values[index])
        }
      }
    }
  }
}
