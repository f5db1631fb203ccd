private import Glibc
public import Tensors

/// How well independent probabilities of labels fit the sets of labels that items have.
public struct MultiLabelMetrics: Codable, Sendable, Equatable {
  /// Number of items judged, `n`.
  public let count: Int
  /// F1 over all decisions of all labels together.
  public let microF1: Double
  /// The mean F1 of the labels that occur among the truth or the predictions.
  public let macroF1: Double
  /// Of each true label the share of true ones among those ranked at least as high, averaged over an item's labels, then
  /// over items; 1 for an item with none or all of the labels (Schapire and Singer, 2000).
  public let labelRankingAveragePrecision: Double
  /// The 95 % interval of that, for items that are a uniform sample; `0...1` for one item.
  public let labelRankingInterval: Interval
  /// The share of items whose whole set of labels is right.
  public let subsetAccuracy: Double
  /// The 95 % interval of the subset accuracy, for items that are a uniform sample.
  public let subsetAccuracyInterval: Interval
  /// The share of wrong decisions among all `n · L`.
  public let hammingLoss: Double
  /// The mean over decisions of `-ln` of the probability of what is true, in nats; probabilities below 1.2e-7 count as that.
  public let negativeLogLikelihood: Double
  /// The expected calibration error of the decisions: stated probability of a label against its frequency, in 15 bins.
  public let expectedCalibrationError: Double
  /// Figures of every label, in the order of labels.
  public let perLabel: [ClassificationMetrics.PerClass]

  /// Judges probabilities `(n, L)` by labels `(n, L)` of 0 and 1; a label is predicted from `threshold` on.
  ///
  /// Returns nil where there is nothing to judge or shapes differ. O(n·L·log L).
  public init?(probabilities: MatrixView, labels: MatrixView, threshold: Float = 0.5) {
    let (n, width) = (probabilities.rows, probabilities.columns)
    guard n > 0, width > 0, labels.rows == n, labels.columns == width else { return nil }
    var support = [Int](repeating: 0, count: width)
    var (predicted, correct) = (support, support)
    var (loss, exact, wrong) = (0.0, 0, 0)
    var rankings: [Double] = []
    for row in 0..<n {
      let (p, y) = (probabilities[row], labels[row])
      var mistakes = 0
      for index in 0..<width {
        let (isTrue, isPredicted) = (y[index] >= 0.5, p[index] >= threshold)
        if isTrue { support[index] += 1 }
        if isPredicted { predicted[index] += 1 }
        if isTrue && isPredicted { correct[index] += 1 }
        if isTrue != isPredicted { mistakes += 1 }
        loss -= log(max(Double(isTrue ? p[index] : 1 - p[index]), 0x1p-23))
      }
      wrong += mistakes
      if mistakes == 0 { exact += 1 }
      rankings.append(Self.rankingPrecision(p, y))
    }
    let reliability = ReliabilityDiagram(
      confidences: Array(UnsafeBufferPointer(start: probabilities.base, count: n * width)),
      correct: UnsafeBufferPointer(start: labels.base, count: n * width).map { $0 >= 0.5 })
    perLabel = (0..<width).map { .init(support: support[$0], predicted: predicted[$0], correct: correct[$0]) }
    let present = perLabel.filter { $0.support > 0 || $0.predicted > 0 }
    macroF1 = present.reduce(0) { $0 + $1.f1 } / Double(max(1, present.count))
    microF1 =
      ClassificationMetrics.PerClass(
        support: support.reduce(0, +), predicted: predicted.reduce(0, +), correct: correct.reduce(0, +)
      ).f1
    count = n
    let ranking = measuredPoint(labels: 0, scores: rankings)
    labelRankingAveragePrecision = ranking.value
    labelRankingInterval = ranking.interval
    subsetAccuracy = Double(exact) / Double(n)
    subsetAccuracyInterval = Interval(successes: exact, of: n)
    hammingLoss = Double(wrong) / Double(n * width)
    negativeLogLikelihood = loss / Double(n * width)
    expectedCalibrationError = reliability.expectedCalibrationError
  }

  /// One item's ranking precision; labels of equal probability all take the worst rank among them.
  static func rankingPrecision(_ p: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) -> Double {
    let positives = y.count { $0 >= 0.5 }
    if positives == 0 || positives == y.count { return 1 }
    let order = p.indices.sorted { p[$0] > p[$1] }
    var (total, seen, start) = (0.0, 0, 0)
    while start < order.count {
      let end = order[(start + 1)...].firstIndex { p[$0] != p[order[start]] } ?? order.count
      let hits = order[start..<end].count { y[$0] >= 0.5 }
      seen += hits
      total += Double(hits) * Double(seen) / Double(end)
      start = end
    }
    return total / Double(positives)
  }
}
