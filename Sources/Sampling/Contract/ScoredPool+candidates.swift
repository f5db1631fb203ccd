import Tensors

extension ScoredPool {
  /// Positions in `rows` in ascending order of row, of a seeded sample where there are more than `limit`.
  ///
  /// The order of the rows, not of the listing: what is computed from it doesn't depend on how candidates are listed.
  /// - Complexity: O(n log n), O(n) where the rows are listed in ascending order.
  func sampledPositions(limit: Int, ties: TieBreaker) -> [Int] {
    ties.first(limit, of: Array(rows.indices), rows: rows).sorted { rows[$0] < rows[$1] }
  }

  /// Positions in `rows` of the candidates of a batch method: the `factor · count` highest utilities, in ascending order of
  /// row; at least `count`, at most `limit`.
  ///
  /// - Complexity: O(n + m log m) for `m` candidates.
  func candidatePositions(_ count: Int, factor: Int, limit: Int, ties: TieBreaker) -> [Int] {
    let size = max(count, min(count * factor, limit))
    return positions(size, ties: ties).sorted { rows[$0] < rows[$1] }
  }
}

extension PoolModel {
  /// The committee's mean probabilities `(n, c)` of the items at some rows, a block at a time.
  ///
  /// - Throws: ``SamplingError`` where the answers are not one distribution for each row.
  func meanProbabilities(of rows: [Int]) throws -> Matrix {
    var values: [Float] = []
    var classes = 0
    for start in stride(from: 0, to: rows.count, by: 4096) {
      let block = Array(rows[start..<min(rows.count, start + 4096)])
      let predictions = try checkedCommittee(of: block)
      if start == 0 {
        classes = predictions.classes
        values.reserveCapacity(rows.count * classes)
      }
      values += predictions.mean().values
    }
    return Matrix(rows: rows.count, columns: classes, values: values)
  }

  /// The committee's predictions for the items at some rows, checked to be distributions, one for each row.
  func checkedCommittee(of rows: [Int]) throws -> CommitteePredictions {
    let predictions = try committee(of: rows)
    guard predictions.items == rows.count else {
      throw SamplingError.shapeMismatch(
        what: "the number of the model's predictions", expected: rows.count, found: predictions.items)
    }
    try predictions.requireDistributions()
    return predictions
  }
}
