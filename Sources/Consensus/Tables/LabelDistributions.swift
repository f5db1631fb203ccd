/// A distribution over classes for each item, `(n, c)`, row-major.
public struct LabelDistributions: Sendable, Equatable {
  /// Number of items `n`.
  public let items: Int
  /// Number of classes `c`.
  public let classes: Int
  /// The probabilities, `n · c` of them.
  public internal(set) var values: [Double]

  /// Takes a table of probabilities.
  ///
  /// - Parameter values: `(n, c)`, row-major; each row is on the simplex.
  /// - Throws: ``ConsensusError/shape(expected:found:)``, or ``ConsensusError/notADistribution(row:)`` for the first row that
  ///   is negative, not finite, or off 1 by more than 1e-3.
  public init(items: Int, classes: Int, values: [Double]) throws(ConsensusError) {
    guard values.count == items * classes else {
      throw .shape(expected: [items, classes], found: [values.count])
    }
    for item in 0..<items {
      var sum = 0.0
      for label in 0..<classes {
        let value = values[item * classes + label]
        guard value >= 0 else { throw .notADistribution(row: item) }
        sum += value
      }
      guard abs(sum - 1) <= 1e-3 else { throw .notADistribution(row: item) }
    }
    (self.items, self.classes, self.values) = (items, classes, values)
  }

  /// Rows of zeros, to be filled.
  init(zeros items: Int, classes: Int) {
    (self.items, self.classes) = (items, classes)
    values = [Double](repeating: 0, count: items * classes)
  }

  /// The probability that an item is of a class.
  public subscript(item: Int, label: Int) -> Double { values[item * classes + label] }

  /// The distribution of an item `(c)`.
  public subscript(item: Int) -> ArraySlice<Double> { values[(item * classes)..<((item + 1) * classes)] }

  /// The most probable classes of an item: more than one where they are tied, to within rounding.
  public func modes(of item: Int) -> [Int] {
    let row = self[item]
    guard let largest = row.max() else { return [] }
    return row.indices.filter { row[$0] >= largest - 1e-12 }.map { $0 - row.startIndex }
  }
}
