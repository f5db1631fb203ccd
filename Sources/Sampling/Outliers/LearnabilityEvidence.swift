public import Tensors

/// What a project's labels say about which items can be learned, handed to an outlier filter.
public struct LearnabilityEvidence: Sendable {
  /// The frozen feature matrix of the whole project, `(N, d)`.
  public var features: MatrixView
  /// Rows of the labelled items, `(L)`, distinct.
  public var labelledRows: [Int]
  /// Their classes, `(L)`, each in `0..<classes`.
  public var labelledClasses: [Int]
  /// How well each labelled item is predicted by models that were not trained on it, `(L)`, in `0...1`.
  ///
  /// Out-of-fold correctness over the checkpoints of a training, `c_i`; in-sample it would tell what was memorised.
  public var learnability: [Float]
  /// The mean out-of-fold probability of each labelled item's class, `(L)`, in `0...1`; empty where unknown.
  public var confidence: [Float]
  /// The standard deviation of that probability over the checkpoints, `(L)`; empty where unknown.
  public var variability: [Float]
  /// Rows that annotators skipped or flagged: each counts as a labelled item of learnability 0.
  public var rejectedRows: [Int]
  /// Rows of the pool that may be excluded, distinct.
  public var candidates: [Int]
  /// Rows that a person put back: never excluded, whatever the filter finds.
  public var restoredRows: [Int]
  /// The number of classes, `c`.
  public var classes: Int

  /// Gathers the evidence; ``OutlierFilter/report(on:using:pool:)`` checks it.
  public init(
    features: MatrixView, labelledRows: [Int], labelledClasses: [Int], learnability: [Float], confidence: [Float] = [],
    variability: [Float] = [], rejectedRows: [Int] = [], candidates: [Int], restoredRows: [Int] = [], classes: Int
  ) {
    self.features = features
    self.labelledRows = labelledRows
    self.labelledClasses = labelledClasses
    self.learnability = learnability
    self.confidence = confidence
    self.variability = variability
    self.rejectedRows = rejectedRows
    self.candidates = candidates
    self.restoredRows = restoredRows
    self.classes = classes
  }

  /// Checks that the arrays fit together and that the values a filter reads are numbers.
  ///
  /// - Throws: ``SamplingError/shapeMismatch(what:expected:found:)`` where lengths, rows or classes do not fit,
  ///   ``SamplingError/notFinite(row:)`` with the first labelled row whose dynamics, or the first row whose features, are
  ///   NaN or infinite.
  /// - Complexity: O((n + L)·d).
  func validate() throws {
    try requireCount(labelledClasses.count, labelledRows.count, "the number of labelled classes")
    try requireCount(learnability.count, labelledRows.count, "the number of learnabilities")
    if !confidence.isEmpty { try requireCount(confidence.count, labelledRows.count, "the number of confidences") }
    if !variability.isEmpty { try requireCount(variability.count, labelledRows.count, "the number of variabilities") }
    if let outside = labelledClasses.first(where: { $0 < 0 || $0 >= classes }) {
      throw SamplingError.shapeMismatch(
        what: "a labelled class below the number of classes", expected: classes, found: outside)
    }
    for values in [learnability, confidence, variability] {
      if let position = values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
        throw SamplingError.notFinite(row: labelledRows[position])
      }
    }
    for list in [labelledRows, rejectedRows, candidates] {
      for row in list {
        guard row >= 0, row < features.rows else {
          throw SamplingError.shapeMismatch(
            what: "a row below the number of feature rows", expected: features.rows, found: row)
        }
        // A sum of zeros times the values is NaN exactly where one of them is no finite number.
        var zero: Float = 0
        for value in features[row] { zero += value * 0 }
        if zero != 0 || zero.isNaN { throw SamplingError.notFinite(row: row) }
      }
    }
  }

  private func requireCount(_ found: Int, _ expected: Int, _ what: String) throws {
    if found != expected { throw SamplingError.shapeMismatch(what: what, expected: expected, found: found) }
  }
}
