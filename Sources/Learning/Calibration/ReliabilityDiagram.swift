/// Stated confidence against what came true, in bins of equal width.
///
/// Source: Guo et al., "On Calibration of Modern Neural Networks", 2017.
public struct ReliabilityDiagram: Codable, Sendable, Equatable {
  /// One bin, open below and closed above; the first holds 0 too.
  public struct Bin: Codable, Sendable, Equatable {
    /// Predictions in the bin.
    public let count: Int
    /// The mean of their confidence; 0 in an empty bin.
    public let meanConfidence: Double
    /// How many of them came true.
    public let correct: Int

    /// The share that came true; 0 in an empty bin.
    public var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
    /// The 95 % interval of that share.
    public var accuracyInterval: Interval { Interval(successes: correct, of: count) }
  }

  /// Bins of equal width over `0...1`, ascending.
  public let bins: [Bin]
  /// Predictions in all bins.
  public var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// Sorts predictions to bins: `confidences` in `0...1`, and whether each came true.
  ///
  /// O(n).
  public init(confidences: [Float], correct: [Bool], bins: Int = 15) {
    precondition(
      confidences.count == correct.count && bins > 0, "Each confidence needs an outcome and there must be bins")
    var sums = [(count: Int, confidence: Double, correct: Int)](repeating: (0, 0, 0), count: bins)
    for (confidence, hit) in zip(confidences, correct) {
      let position = (Double(confidence) * Double(bins)).rounded(.up)
      let bin = position.isNaN ? 0 : Int(min(Double(bins), max(1, position))) - 1
      sums[bin].count += 1
      sums[bin].confidence += Double(confidence)
      sums[bin].correct += hit ? 1 : 0
    }
    self.bins = sums.map {
      Bin(count: $0.count, meanConfidence: $0.count == 0 ? 0 : $0.confidence / Double($0.count), correct: $0.correct)
    }
  }

  /// The mean gap between confidence and accuracy, weighted by predictions, in `0...1`; 0 without predictions.
  public var expectedCalibrationError: Double {
    let total = max(1, count)
    return bins.reduce(0) { $0 + abs($1.meanConfidence - $1.accuracy) * Double($1.count) } / Double(total)
  }

  /// The largest gap of any bin that holds predictions.
  public var maximumCalibrationError: Double {
    bins.filter { $0.count > 0 }.map { abs($0.meanConfidence - $0.accuracy) }.max() ?? 0
  }
}
