import Tensors

/// How much the classes count in the loss.
public enum ClassWeights: Codable, Sendable, Equatable {
  /// All rows count alike, so that frequent classes count more.
  case none
  /// Each class counts in inverse proportion to its frequency, `m / (classes · frequency)`.
  ///
  /// For multi-label sets each label's ones count as much in all as its zeros do.
  case balanced
  /// These factors, one for each class, none negative; for multi-label sets they multiply the loss of a label's ones.
  case given([Float])

  /// The weight of each class, or nil where all count alike.
  func values(for set: LabelledSet) -> [Float]? {
    switch self {
    case .none: return nil
    case .given(let values): return values
    case .balanced:
      let sums = set.targets.mass(classes: set.classes, weights: set.weights)
      let rows = set.weights?.reduce(0.0) { $0 + Double($1) } ?? Double(set.count)
      if case .labels = set.targets {
        return sums.map { $0 > 0 && $0 < rows ? Float((rows - $0) / $0) : 1 }
      }
      return sums.map { $0 > 0 ? Float(rows / (Double(set.classes) * $0)) : 1 }
    }
  }

  func validate(classes: Int) throws(LearningError) {
    guard case .given(let values) = self else { return }
    if values.count != classes {
      throw .invalidConfiguration("there are \(values.count) class weights for \(classes) classes")
    }
    if !values.allSatisfy({ $0 >= 0 && $0.isFinite }) || !values.contains(where: { $0 > 0 }) {
      throw .invalidConfiguration("class weights must be 0 or more, and one above 0")
    }
  }
}

extension Targets {
  /// How much of the rows belongs to each class, `(classes)`.
  func mass(classes: Int, weights: [Float]?) -> [Double] {
    var sums = [Double](repeating: 0, count: classes)
    switch self {
    case .classes(let labels):
      for (row, label) in labels.enumerated() { sums[label] += Double(weights?[row] ?? 1) }
    case .distributions(let rows), .labels(let rows):
      let view = rows.view
      for row in 0..<rows.rows {
        let weight = Double(weights?[row] ?? 1)
        for column in 0..<classes { sums[column] += weight * Double(view[row][column]) }
      }
    }
    return sums
  }

  /// The weight of every row under weights of classes; of a soft label the mean of those of its classes.
  func weights(perClass: [Float]) -> [Float] {
    switch self {
    case .classes(let labels): labels.map { perClass[$0] }
    case .distributions(let rows), .labels(let rows):
      (0..<rows.rows).map { row in zip(rows.view[row], perClass).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }
}
