public import Tensors

/// Rows checked at once.
private let checkedRows = 1024

extension CommitteePredictions {
  /// Checks that every row of every member is on the simplex.
  ///
  /// - Throws: ``SamplingError/notADistribution(row:member:sum:)`` with the first row that is off 1 by more than 1e-3, or that
  ///   holds NaN or a negative value.
  /// - Complexity: O(t·n·c) time, no space.
  public func requireDistributions() throws {
    guard let row = firstRowOffTheSimplex() else { return }
    let sum = values[row * classes..<(row + 1) * classes].reduce(0, +)
    throw SamplingError.notADistribution(row: row % items, member: row / items, sum: sum)
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

  /// The first row, of all members' rows one after the other, that is no distribution.
  private func firstRowOffTheSimplex() -> Int? {
    let (rows, columns) = (members * items, classes)
    return values.withUnsafeBufferPointer { values in
      guard rows > 0, let base = values.baseAddress else { return rows > 0 ? 0 : nil }
      for first in stride(from: 0, to: rows, by: checkedRows) {
        let range = first..<min(rows, first + checkedRows)
        if areDistributions(base + first * columns, rows: range.count, columns: columns) { continue }
        return range.first { !isDistribution(base + $0 * columns, count: columns) }
      }
      return nil
    }
  }
}

/// Whether all values are at least 0 and every row sums to 1 within 1e-3; NaN passes no comparison.
///
/// Signs are compared sixteen at a time, sums are formed four rows at a time, so that no addition waits for the last.
private func areDistributions(_ base: UnsafePointer<Float>, rows: Int, columns: Int) -> Bool {
  let count = rows &* columns
  var index = 0
  let zero = SIMD16<Float>(repeating: 0)
  var negative = SIMDMask<SIMD16<Int32>>(repeating: false)
  while index &+ 16 <= count {
    negative .|= UnsafeRawPointer(base + index).loadUnaligned(as: SIMD16<Float>.self) .< zero
    index &+= 16
  }
  if any(negative) { return false }
  while index < count {
    if base[index] < 0 { return false }
    index &+= 1
  }
  var row = 0
  while row &+ 4 <= rows {
    let start = base + row &* columns
    var (s0, s1, s2, s3): (Float, Float, Float, Float) = (0, 0, 0, 0)
    for column in 0..<columns {
      s0 += start[column]
      s1 += start[columns &+ column]
      s2 += start[2 &* columns &+ column]
      s3 += start[3 &* columns &+ column]
    }
    let sums = SIMD4(s0, s1, s2, s3) - SIMD4(repeating: 1)
    if !all((sums .<= SIMD4(repeating: 1e-3)) .& (sums .>= SIMD4(repeating: -1e-3))) { return false }
    row &+= 4
  }
  while row < rows {
    if !isDistribution(base + row &* columns, count: columns) { return false }
    row &+= 1
  }
  return true
}

/// The same for one row.
private func isDistribution(_ base: UnsafePointer<Float>, count: Int) -> Bool {
  var sum: Float = 0
  for index in 0..<count {
    if base[index] < 0 { return false }
    sum += base[index]
  }
  return (sum - 1).magnitude <= 1e-3
}
