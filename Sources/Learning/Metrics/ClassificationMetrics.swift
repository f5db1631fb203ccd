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

    /// The figures of a class that `correct` items were rightly predicted to be of.
    init(support: Int, predicted: Int, correct: Int) {
      let precision = predicted == 0 ? 0 : Double(correct) / Double(predicted)
      let recall = support == 0 ? 0 : Double(correct) / Double(support)
      self.support = support
      self.predicted = predicted
      self.precision = precision
      self.recall = recall
      f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }

    /// The 95 % interval of the recall, for items that are a uniform sample.
    public var recallInterval: Interval {
      Interval(successes: Int((recall * Double(support)).rounded()), of: support)
    }
    /// The 95 % interval of the precision, for items that are a uniform sample.
    public var precisionInterval: Interval {
      Interval(successes: Int((precision * Double(predicted)).rounded()), of: predicted)
    }
  }

  /// Judges probabilities `(n, c)` by labels `(n)`; of equally probable classes the first counts as predicted.
  ///
  /// Returns nil where there is nothing to judge, where counts differ, or where a label is not in `0..<c`. O(n·c).
  public init?(probabilities: Matrix, labels: [Int]) {
    let view = probabilities.view
    guard let loss = Learning.negativeLogLikelihood(view, labels: labels),
      let reliability = reliabilityDiagram(view, labels: labels)
    else { return nil }
    let (n, c) = (probabilities.rows, probabilities.columns)
    var support = [Int](repeating: 0, count: c)
    var predicted = support
    var correct = support
    for (guess, label) in zip(mostProbable(view), labels) {
      support[label] += 1
      predicted[guess] += 1
      if guess == label { correct[label] += 1 }
    }
    perClass = (0..<c).map { PerClass(support: support[$0], predicted: predicted[$0], correct: correct[$0]) }
    let present = perClass.filter { $0.support > 0 || $0.predicted > 0 }
    macroF1 = present.reduce(0) { $0 + $1.f1 } / Double(present.count)
    let hits = correct.reduce(0, +)
    count = n
    accuracy = Double(hits) / Double(n)
    accuracyInterval = Interval(successes: hits, of: n)
    negativeLogLikelihood = loss
    expectedCalibrationError = reliability.expectedCalibrationError
  }

  /// The mean recall of the classes that occur among the labels: accuracy as if all were equally frequent.
  public var balancedAccuracy: Double {
    let present = perClass.filter { $0.support > 0 }
    return present.reduce(0) { $0 + $1.recall } / Double(max(1, present.count))
  }
}
