import Tensors

/// Collects training dynamics from the checkpoints of one training.
///
/// Pass what `train` reports to ``record(_:)``; nothing else about the training changes. In-sample, on the rows that are
/// trained on, this gives the map of a data set; on held-out rows, out-of-fold dynamics.
public struct DynamicsRecorder: Sendable {
  private let features: Matrix
  private let targets: Targets
  private let wanted: Int
  private let skipped: Double
  /// For several labels: those that hold in too few rows to judge the model by, `(c)`.
  private let ignoredPositives: [Bool]
  private(set) var sums: [Double]
  private(set) var squares: [Double]
  private(set) var hits: [Double]
  private(set) var checkpoints = 0

  /// Watches the rows of `set`.
  ///
  /// - Parameters:
  ///   - checkpoints: after how many epochs, evenly spaced, predictions are made.
  ///   - skippedShare: of the epochs at the start, at which nothing is recorded.
  public init(_ set: LabelledSet, checkpoints: Int = 20, skippedShare: Double = 0) {
    self.init(set, checkpoints: checkpoints, skippedShare: skippedShare, ignoredPositives: [])
  }

  init(_ set: LabelledSet, checkpoints: Int, skippedShare: Double, ignoredPositives: [Bool]) {
    features = set.features
    targets = set.targets
    wanted = max(1, checkpoints)
    skipped = min(max(skippedShare, 0), 1)
    self.ignoredPositives = ignoredPositives
    sums = [Double](repeating: 0, count: set.count)
    squares = sums
    hits = sums
  }

  /// Predicts all rows where the epoch is one of the checkpoints.
  ///
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)`` where the model is for other features.
  public mutating func record(_ progress: TrainingProgress) throws(LearningError) {
    if isCheckpoint(progress.epoch, of: progress.epochs) { try record(progress.snapshot()) }
  }

  /// Predicts all rows with a model, whatever its epoch.
  public mutating func record(_ model: TrainedModel) throws(LearningError) {
    let probabilities = try model.probabilities(of: features.view)
    let view = probabilities.view
    checkpoints += 1
    switch targets {
    case .classes(let labels):
      let guesses = mostProbable(view)
      for (row, label) in labels.enumerated() { add(row, view[row][label], guesses[row] == label ? 1 : 0) }
    case .distributions(let rows):
      let (guesses, labels) = (mostProbable(view), targets.labels)
      for row in 0..<rows.rows {
        let agreement = zip(view[row], rows.view[row]).reduce(0) { $0 + $1.0 * $1.1 }
        add(row, agreement, guesses[row] == labels[row] ? 1 : 0)
      }
    case .labels(let rows):
      for row in 0..<rows.rows {
        let (confidence, correctness) = judge(view[row], rows.view[row])
        add(row, confidence, correctness)
      }
    }
  }

  /// What was recorded.
  ///
  /// A training that ended before its first checkpoint, as one of a single class does, needs its model recorded first.
  public func dynamics() -> TrainingDynamics {
    let n = Double(max(1, checkpoints))
    return TrainingDynamics(
      confidence: sums.map { Float($0 / n) },
      variability: zip(sums, squares).map { Float(max(0, $1 / n - ($0 / n) * ($0 / n)).squareRoot()) },
      correctness: hits.map { Float($0 / n) }, unmeasured: [], checkpoints: checkpoints)
  }

  /// Checkpoints are the ends of `wanted` equal stretches of the epochs after the skipped ones; the last epoch is one.
  func isCheckpoint(_ epoch: Int, of epochs: Int) -> Bool {
    let first = min(epochs - 1, Int((skipped * Double(epochs)).rounded(.up)))
    if epoch <= first { return false }
    let (place, length) = (epoch - first, epochs - first)
    let count = min(wanted, length)
    return place * count / length != (place - 1) * count / length
  }

  private mutating func add(_ row: Int, _ confidence: Float, _ correctness: Double) {
    sums[row] += Double(confidence)
    squares[row] += Double(confidence) * Double(confidence)
    hits[row] += correctness
  }

  /// Independent labels: the mean over those that hold and the mean over those that do not, averaged.
  ///
  /// Most labels do not hold for most items; a plain mean would call every item learned.
  private func judge(_ p: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) -> (Float, Double) {
    var (confidence, correct, count) = ([Float](repeating: 0, count: 2), [0.0, 0.0], [0.0, 0.0])
    for column in p.indices {
      let holds = y[column] >= 0.5
      if holds && !ignoredPositives.isEmpty && ignoredPositives[column] { continue }
      let side = holds ? 1 : 0
      let own = holds ? p[column] : 1 - p[column]
      confidence[side] += own
      correct[side] += own > 0.5 || (own == 0.5 && holds) ? 1 : 0
      count[side] += 1
    }
    let sides = [0, 1].filter { count[$0] > 0 }
    if sides.isEmpty { return (0.5, 0.5) }
    let n = Double(sides.count)
    return (
      sides.reduce(0) { $0 + confidence[$1] / Float(count[$1]) } / Float(n),
      sides.reduce(0) { $0 + correct[$1] / count[$1] } / n
    )
  }
}
