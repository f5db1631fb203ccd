/// What can be wrong with what is to be settled.
public enum ConsensusError: Error, Equatable, CustomStringConvertible {
  /// The opinion at this index names an item, an annotator or a class that is not there.
  case outOfRange(index: Int)
  /// The opinion at this index is its annotator's second on its item.
  case repeated(index: Int)
  /// A table has another number of rows or columns than the opinions ask for.
  case shape(expected: [Int], found: [Int])
  /// The row of a table of probabilities is negative, not finite, or off 1 by more than 1e-3.
  case notADistribution(row: Int)

  /// What is wrong, and where.
  public var description: String {
    switch self {
    case .outOfRange(let index): "opinion \(index) names an item, an annotator or a class that is not in the table"
    case .repeated(let index): "opinion \(index) is the second of its annotator on its item; keep the newer one"
    case .shape(let expected, let found):
      "a table has the shape \(found) where \(expected) is needed: one row an item, one column a class"
    case .notADistribution(let row): "row \(row) of a table of probabilities does not sum to 1"
    }
  }
}
