private import Glibc
public import Tensors

/// What one round's model said about the stop set: unlabelled items that are set aside to watch the model settle.
public struct StopSetRound: Codable, Sendable, Hashable {
  /// The round's number.
  public let round: Int
  /// Labels that its model was trained on.
  public let labels: Int
  /// Rows of the stop set in the feature matrix, `(n)`, distinct.
  public let rows: [Int]
  /// The predicted class of each, `(n)`.
  public let classes: [Int]
  /// The mean entropy of the predictions over that of a guess, in `0...1`.
  public let uncertainty: Double

  /// Keeps what stopping advice needs of one round's predictions `(n, c)`.
  ///
  /// - Throws: ``SamplingError/shapeMismatch(what:expected:found:)``; ``SamplingError/notADistribution(row:member:sum:)``.
  /// - Complexity: O(n·c).
  public init(round: Int, labels: Int, rows: [Int], probabilities: Matrix) throws {
    guard probabilities.rows == rows.count else {
      throw SamplingError.shapeMismatch(
        what: "the number of predictions on the stop set", expected: rows.count, found: probabilities.rows)
    }
    try CommitteePredictions(probabilities).requireDistributions()
    self.round = round
    self.labels = labels
    self.rows = rows
    let view = probabilities.view
    classes = (0..<rows.count).map { row in
      let values = view[row]
      return values.indices.max { values[$0] == values[$1] ? $0 > $1 : values[$0] < values[$1] } ?? 0
    }
    let most = log(Double(max(2, probabilities.columns)))
    let total = (0..<rows.count).reduce(0.0) { sum, row in
      sum - view[row].reduce(0.0) { $1 > 0 ? $0 + Double($1) * log(Double($1)) : $0 }
    }
    uncertainty = rows.isEmpty ? 0 : min(1, max(0, total / Double(rows.count) / most))
  }

  /// The classes of the rows that two rounds share, row by row.
  func shared(with other: StopSetRound) -> [(Int, Int)] {
    let theirs = Dictionary(zip(other.rows, other.classes)) { first, _ in first }
    return zip(rows, classes).compactMap { row, label in theirs[row].map { (label, $0) } }
  }
}
