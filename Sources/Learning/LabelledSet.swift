public import Tensors

/// Feature rows with what they are labelled as, to train on or to test with.
public struct LabelledSet: Sendable {
  /// Features `(m, d)`.
  public var features: Matrix
  /// What each of the `m` rows is labelled as.
  public var targets: Targets
  /// The number of classes, those without a row included.
  public var classes: Int
  /// How much each row counts in the loss, `(m)`, none negative; nil counts all alike.
  ///
  /// Only proportions matter: training scales them to a mean of 1.
  public var weights: [Float]?

  /// Creates a set with one class for each row; ``validate()`` says whether its parts fit together.
  public init(features: Matrix, labels: [Int], classes: Int) {
    self.init(features: features, targets: .classes(labels), classes: classes)
  }

  /// Creates a set; ``validate()`` says whether its parts fit together.
  public init(features: Matrix, targets: Targets, classes: Int, weights: [Float]? = nil) {
    self.features = features
    self.targets = targets
    self.classes = classes
    self.weights = weights
  }

  /// The number of labelled rows, `m`.
  public var count: Int { targets.count }

  /// The class of every row, `(m)`; of soft or several labels that of the highest value, see ``Targets/labels``.
  ///
  /// Setting it makes the targets plain classes.
  public var labels: [Int] {
    get { targets.labels }
    set { targets = .classes(newValue) }
  }

  /// Checks counts, targets, weights and features.
  ///
  /// - Throws: the ``LearningError`` of the first thing that does not fit.
  public func validate() throws(LearningError) {
    if count == 0 && features.rows == 0 { throw .noLabels }
    if features.rows != count { throw .countMismatch(features: features.rows, labels: count) }
    if let weights {
      if weights.count != count { throw .weightCount(rows: count, weights: weights.count) }
      if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) { throw .invalidWeight(row: row) }
      if !weights.contains(where: { $0 > 0 }) { throw .noLabels }
    }
    try targets.validate(classes: classes)
    let position = features.withUnsafeBufferPointer { $0.firstIndex { !$0.isFinite } }
    if let position {
      throw .notFiniteInput(row: position / features.columns, column: position % features.columns)
    }
  }

  /// The rows at `indices`, in that order, with their weights.
  public func subset(_ indices: [Int]) -> LabelledSet {
    LabelledSet(
      features: features.gatherRows(indices), targets: targets.subset(indices), classes: classes,
      weights: weights.map { weights in indices.map { weights[$0] } })
  }
}
