/// Why a model could not be trained, applied or read.
public enum LearningError: Error, Equatable, Sendable {
  /// The caller asked to stop.
  case cancelled
  /// The training set has no rows.
  case noLabels
  /// A procedure has `actual` labels where it needs `needed`.
  case tooFewLabels(needed: Int, actual: Int)
  /// The training set has `features` rows but `labels` labels.
  case countMismatch(features: Int, labels: Int)
  /// The label of `row` is not in `0..<classes`.
  case labelOutOfRange(row: Int, label: Int, classes: Int)
  /// Soft or several labels have `actual` columns for `expected` classes.
  case targetWidth(expected: Int, actual: Int)
  /// The soft label of `row` is negative, NaN or does not sum to 1.
  case notADistribution(row: Int)
  /// A label value of `row` is not in `0...1`.
  case labelValueOutOfRange(row: Int)
  /// The training set has `rows` rows but `weights` weights.
  case weightCount(rows: Int, weights: Int)
  /// The weight of `row` is negative, NaN or infinite.
  case invalidWeight(row: Int)
  /// Rows have `actual` features where the model takes `expected`.
  case widthMismatch(expected: Int, actual: Int)
  /// The feature at `row` and `column` is NaN or infinite.
  case notFiniteInput(row: Int, column: Int)
  /// The training loss became NaN or infinite in `epoch`.
  case notFinite(epoch: Int)
  /// A setting lies outside of its range.
  case invalidConfiguration(String)
  /// The bytes are a tensor file, but not one of a Winnow model.
  case notAModel(String)
}

extension LearningError: CustomStringConvertible {
  /// What went wrong, where, and what to do about it.
  public var description: String {
    switch self {
    case .cancelled: "Training or scoring was cancelled."
    case .noLabels: "There are no labels to train on: label some items first."
    case .tooFewLabels(let needed, let actual):
      "At least \(needed) labels are needed, but there are \(actual): label some more items first."
    case .countMismatch(let features, let labels):
      "The training set has \(features) rows of features but \(labels) labels; each row needs one label."
    case .labelOutOfRange(let row, let label, let classes):
      "The label of training row \(row) is \(label), outside of 0..<\(classes); check the project's label set."
    case .targetWidth(let expected, let actual):
      "Soft or several labels have \(actual) columns, but there are \(expected) classes; each class needs one column."
    case .notADistribution(let row):
      "The soft label of training row \(row) is not a distribution; its values must be 0 or more and sum to 1."
    case .labelValueOutOfRange(let row):
      "A label value of training row \(row) is not in 0...1; use 1 for labels that hold and 0 for the others."
    case .weightCount(let rows, let weights):
      "The training set has \(rows) rows but \(weights) weights; each row needs one, or leave them out."
    case .invalidWeight(let row):
      "The weight of training row \(row) is negative, NaN or infinite; use 0 to leave a row out."
    case .widthMismatch(let expected, let actual):
      "The model takes rows of \(expected) features but got \(actual); train it again on the current features."
    case .notFiniteInput(let row, let column):
      "Feature \(column) of training row \(row) is NaN or infinite; correct or remove that item."
    case .notFinite(let epoch):
      "The training loss was no longer finite in epoch \(epoch); lower the learning rate."
    case .invalidConfiguration(let reason): "The training configuration cannot be used: \(reason)."
    case .notAModel(let reason): "The file does not hold a Winnow model: \(reason)."
    }
  }
}
