private import Glibc
public import Tensors

/// A figure of merit at a number of labels, with its 95 % interval.
public struct MeasuredPoint: Codable, Sendable, Equatable {
  /// Labels that were trained on.
  public let labels: Int
  /// What was reached with them, in `0...1`.
  public let value: Double
  /// Where the true value lies with 95 % probability.
  public let interval: Interval

  /// Creates a point.
  public init(labels: Int, value: Double, interval: Interval) {
    self.labels = labels
    self.value = value
    self.interval = interval
  }

  /// The standard error that the interval's width stands for.
  public var standardError: Double { (interval.upper - interval.lower) / (2 * 1.959_963_984_540_054) }
}

/// The learning curve that labelling at random would have had, measured on the evaluation stream alone.
public struct RandomBaselineCurve: Codable, Sendable, Equatable {
  /// Measurements by ascending number of labels: accuracy, or label-ranking average precision for several labels.
  public let points: [MeasuredPoint]
  /// Uniformly drawn labels that it is measured on.
  public let labels: Int
  /// Trainings that it took.
  public let trainings: Int

  /// How far the power law is followed, in multiples of the labels that were measured.
  ///
  /// On 1,797 digits, from 25 labels, it forecast 69 % at 110 labels and 74 % at 290, where labelling at random reaches 90 %
  /// and 95 %: further out it makes active learning look better than it is.
  public static let reach = 2

  /// The most labels that anything is said of; 0 without a measurement.
  public var reachedLabels: Int { Self.reach * (points.last?.labels ?? 0) }

  /// The power law through the points that extends the curve beyond what was measured; nil with fewer than three points.
  ///
  /// - Parameter seed: what the intervals are drawn from.
  public func extended(seed: UInt64 = 0) -> PowerLawFit? {
    guard let curve = try? LearningCurve(points.map { .init(labels: $0.labels, value: $0.value) }) else { return nil }
    return try? PowerLawFit(curve, standardErrors: points.map(\.standardError), seed: seed)
  }
}

/// Measures what random labelling is worth, by cross-fitting on labels of items that were drawn uniformly from the pool.
///
/// The labels are dealt to folds. For each fold and each size a model is trained on that many labels of the other folds and
/// predicts the fold, so that at every size each label is predicted once by a model that has not seen it. Smaller sets lie
/// within larger ones. The interval is that of the mean score over the labels. Deterministic for a seed, whatever the
/// number of threads.
/// - Parameters:
///   - uniform: the labels of the evaluation stream, 10 at least.
///   - folds: at least 2; more folds reach further and cost more.
///   - sizes: numbers of labels to train on, each at most `m - ⌈m / folds⌉`; nil takes up to six that grow by a factor.
/// - Throws: ``LearningError``: too few labels, sizes out of range, and what training throws.
/// - Complexity: folds times sizes trainings, over threads.
public func randomBaselineCurve(
  _ uniform: LabelledSet, _ configuration: TrainingConfiguration, folds: Int = 5, sizes: [Int]? = nil,
  pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false }
) throws(LearningError) -> RandomBaselineCurve {
  try uniform.validate()
  let m = uniform.count
  if m < 10 { throw .tooFewLabels(needed: 10, actual: m) }
  if folds < 2 || folds > m { throw .invalidConfiguration("folds is \(folds), but must be in 2...\(m)") }
  let largest = m - (m + folds - 1) / folds
  let sizes = (sizes ?? defaultSizes(upTo: largest)).sorted()
  if let wrong = sizes.first(where: { $0 < 2 || $0 > largest }) {
    throw .invalidConfiguration("a random baseline of \(m) labels can train on 2...\(largest), not on \(wrong)")
  }
  // A fold of the rows in shuffled order, not a stratified one: the sets must be what a uniform draw gives.
  var order = Array(0..<m)
  var generator = SeededGenerator(seed: configuration.seed, stream: 0xBA5E)
  generator.shuffle(&order)
  let shuffled = order
  let scores = try parallelTrainings(folds * sizes.count, on: pool, isCancelled: isCancelled) {
    job throws(LearningError) in
    // The largest trainings first, so that threads end together.
    let (size, fold) = (sizes[sizes.count - 1 - job / folds], job % folds)
    let held = shuffled.indices.filter { $0 % folds == fold }.map { shuffled[$0] }
    let rest = shuffled.indices.filter { $0 % folds != fold }.map { shuffled[$0] }
    var own = configuration
    own.seed = derivedSeed(configuration.seed, part: fold)
    let model = try train(uniform.subset(Array(rest[..<size])), own, isCancelled: isCancelled)
    let test = uniform.subset(held)
    return itemScores(try model.probabilities(of: test.features.view).view, test.targets)
  }
  let points = sizes.enumerated().map { index, size in
    let first = (sizes.count - 1 - index) * folds
    return measuredPoint(labels: size, scores: scores[first..<first + folds].flatMap { $0 })
  }
  return RandomBaselineCurve(points: points, labels: m, trainings: folds * sizes.count)
}

/// The mean of scores of independent items in `0...1` as a point of a learning curve.
///
/// The interval is Wilson's for scores of 0 and 1, and as wide as their standard error makes it for others.
public func measuredPoint(labels: Int, scores: [Double]) -> MeasuredPoint {
  let n = Double(max(1, scores.count))
  let mean = scores.reduce(0, +) / n
  if scores.allSatisfy({ $0 == 0 || $0 == 1 }) {
    return MeasuredPoint(
      labels: labels, value: mean, interval: Interval(successes: scores.count { $0 == 1 }, of: scores.count))
  }
  let interval = meanInterval(scores) ?? Interval(lower: 0, upper: 1)
  return MeasuredPoint(
    labels: labels, value: mean,
    interval: Interval(lower: max(0, interval.lower), upper: min(1, interval.upper)))
}

/// A point of a learning curve from probabilities `(n, c)` of uniformly drawn items and what they are labelled as.
///
/// The figure is that of ``RandomBaselineCurve``: accuracy, or label-ranking average precision for several labels. Nil where
/// there are no items, or where shapes or labels do not fit.
public func measuredPoint(labels: Int, probabilities: MatrixView, targets: Targets) -> MeasuredPoint? {
  do throws(LearningError) {
    try targets.validate(classes: probabilities.columns)
  } catch { return nil }
  if targets.count != probabilities.rows || targets.count == 0 { return nil }
  return measuredPoint(labels: labels, scores: itemScores(probabilities, targets))
}

/// Up to six sizes from 8 up to the largest, each about the same factor above the one before it.
private func defaultSizes(upTo largest: Int) -> [Int] {
  let first = min(8, largest)
  let count = min(6, max(1, largest - first + 1))
  if count == 1 { return [largest] }
  let factor = Double(largest) / Double(first)
  var sizes: [Int] = []
  for step in 0..<count {
    let size = Int((Double(first) * pow(factor, Double(step) / Double(count - 1))).rounded())
    if size != sizes.last { sizes.append(size) }
  }
  return sizes
}
