public import Tensors

extension CommitteePredictions {
  /// Checks that every row of every member is on the simplex.
  ///
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)`` with the first row that is off 1 by more than 1e-3, or that
  ///   holds NaN or a negative value.
  /// - Complexity: O(t·n·c) time, no space.
  public func requireDistributions() throws {
    guard let offender = firstOffender(tolerance: 1e-3) else { return }
    throw SamplingError.notADistribution(row: offender.item, member: offender.member, sum: offender.sum)
  }

  /// Checks the rows, then hands on the `(n, c)` mean over the members; a single member is handed on without a copy.
  ///
  /// With no items or a single class nothing can be uncertain, and the utilities are 0 without a call of `body`.
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)``.
  public func utilitiesOfMean(_ body: (MatrixView) -> [Float]) throws -> [Float] {
    try requireDistributions()
    if items == 0 || classes <= 1 { return [Float](repeating: 0, count: items) }
    if members > 1 { return body(mean().view) }
    return values.withUnsafeBufferPointer { values in
      body(MatrixView(base: values.baseAddress!, rows: items, columns: classes, owner: nil))
    }
  }
}
