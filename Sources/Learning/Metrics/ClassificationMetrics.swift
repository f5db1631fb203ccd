private import Glibc
public import Tensors

/// How well predicted probabilities fit true labels.
public struct ClassificationMetrics: Codable, Sendable, Equatable {
  /// Number of items judged, `n`.
  public let count: Int
  /// The share of items whose most probable class is the true one.
  public let accuracy: Double
  /// The 95 % interval of the accuracy, for items that are a uniform sample.
  public let accuracyInterval: Interval
  /// The mean F1 of the classes that occur among the labels or the predictions.
  public let macroF1: Double
  /// The mean of `-ln p` of the true class, in nats; probabilities below 1.2e-7 count as that.
  public let negativeLogLikelihood: Double
  /// The expected calibration error: the mean gap between confidence and accuracy in 15 equal bins, weighted by their
  /// items (Guo et al., 2017); in `0...1`.
  public let expectedCalibrationError: Double
  /// Figures of every class, in the order of classes.
  public let perClass: [PerClass]

  /// Figures of one class.
  public struct PerClass: Codable, Sendable, Equatable {
    /// Items that are of this class.
    public let support: Int
    /// Items that were predicted to be.
    public let predicted: Int
    /// The share of the predicted that are; 0 where none was predicted.
    public let precision: Double
    /// The share of those that are which were predicted; 0 where there are none.
    public let recall: Double
    /// The harmonic mean of precision and recall; 0 where both are.
    public let f1: Double
  }

  /// Judges probabilities `(n, c)` by labels `(n)`; of equally probable classes the first counts as predicted.
  ///
  /// Returns nil where there is nothing to judge, where counts differ, or where a label is not in `0..<c`. O(n·c).
  public init?(probabilities: Matrix, labels: [Int]) {
    let (n, c) = (probabilities.rows, probabilities.columns)
    guard n > 0, labels.count == n, labels.allSatisfy({ $0 >= 0 && $0 < c }) else { return nil }
    var support = [Int](repeating: 0, count: c)
    var predicted = support
    var correct = support
    var bins = [(count: Int, confidence: Double, correct: Int)](repeating: (0, 0, 0), count: 15)
    var loss = 0.0
    let view = probabilities.view
    for (row, label) in labels.enumerated() {
      let p = view[row]
      var guess = 0
      for index in 1..<max(1, c) where p[index] > p[guess] { guess = index }
      support[label] += 1
      predicted[guess] += 1
      if guess == label { correct[label] += 1 }
      loss -= log(max(Double(p[label]), 0x1p-23))
      let confidence = Double(p[guess])
      // Bins are open below and closed above, as (0, 1/15].
      let bin = confidence.isNaN ? 0 : min(14, max(0, Int((confidence * 15).rounded(.up)) - 1))
      bins[bin].count += 1
      bins[bin].confidence += confidence
      bins[bin].correct += guess == label ? 1 : 0
    }
    perClass = (0..<c).map { index in
      let precision = predicted[index] == 0 ? 0 : Double(correct[index]) / Double(predicted[index])
      let recall = support[index] == 0 ? 0 : Double(correct[index]) / Double(support[index])
      let f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
      return PerClass(
        support: support[index], predicted: predicted[index], precision: precision, recall: recall, f1: f1)
    }
    let present = perClass.filter { $0.support > 0 || $0.predicted > 0 }
    macroF1 = present.reduce(0) { $0 + $1.f1 } / Double(present.count)
    let hits = correct.reduce(0, +)
    count = n
    accuracy = Double(hits) / Double(n)
    accuracyInterval = Interval(successes: hits, of: n)
    negativeLogLikelihood = loss / Double(n)
    expectedCalibrationError = bins.reduce(0) { $0 + abs($1.confidence - Double($1.correct)) } / Double(n)
  }
}
