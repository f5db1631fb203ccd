public import Tensors

/// Feature rows with their class, to train on or to test with.
public struct LabelledSet: Sendable {
  /// Features `(m, d)`.
  public var features: Matrix
  /// The class of every row, `(m)`, each in `0..<classes`.
  public var labels: [Int]
  /// The number of classes, those without a row included.
  public var classes: Int

  /// Creates a set; ``validate()`` says whether its parts fit together.
  public init(features: Matrix, labels: [Int], classes: Int) {
    self.features = features
    self.labels = labels
    self.classes = classes
  }

  /// Checks counts, labels and features.
  ///
  /// - Throws: the ``LearningError`` of the first thing that does not fit.
  public func validate() throws(LearningError) {
    if labels.isEmpty && features.rows == 0 { throw .noLabels }
    if features.rows != labels.count { throw .countMismatch(features: features.rows, labels: labels.count) }
    for (row, label) in labels.enumerated() where label < 0 || label >= classes {
      throw .labelOutOfRange(row: row, label: label, classes: classes)
    }
    let position = features.withUnsafeBufferPointer { $0.firstIndex { !$0.isFinite } }
    if let position {
      throw .notFiniteInput(row: position / features.columns, column: position % features.columns)
    }
  }

  /// The rows at `indices`, in that order.
  public func subset(_ indices: [Int]) -> LabelledSet {
    LabelledSet(features: features.gatherRows(indices), labels: indices.map { labels[$0] }, classes: classes)
  }
}
