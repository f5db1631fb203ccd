internal import Tensors

/// The leading singular values and right singular vectors of a sparse matrix.
///
/// Randomised: the matrix is multiplied by a few random columns more than wanted, the range of the product is sharpened by
/// two power iterations, and the small matrix that is left is decomposed exactly. Source: Halko, Martinsson and Tropp,
/// "Finding structure with randomness", 2011, algorithms 4.4 and 5.1.
struct TruncatedSVD {
  private static let oversampling = 10
  private static let powerIterations = 2

  /// The singular values, descending; at most `rank`, fewer where the matrix has fewer.
  let values: [Float]
  /// The right singular vectors as columns: `(columns, values.count)`.
  let components: Matrix

  /// Decomposes a sparse `(n, v)` matrix.
  ///
  /// - Throws: ``FeatureError/cancelled``.
  /// - Complexity: O(entries · rank + (n + v) · rank²) time, O((n + v) · rank) space.
  init(
    _ matrix: SparseMatrix, rank: Int, seed: UInt64, pool: ComputePool?, progress: (Double) -> Void,
    isCancelled: () -> Bool
  ) throws(FeatureError) {
    let limit = min(matrix.rows, matrix.columns)
    // A multiple of 16 fills the vector registers.
    let l = min(limit, (rank + Self.oversampling + 15) / 16 * 16)
    guard l > 0 else {
      values = []
      components = Matrix(rows: matrix.columns, columns: 0)
      return
    }
    let transposed = matrix.transposed()
    var generator = SeededGenerator(seed: seed, stream: 0x5_7D)
    let test = (0..<matrix.columns * l).map { _ in generator.normal() }
    let steps = Double(2 + 2 * Self.powerIterations)
    var step = 0.0
    func advance() throws(FeatureError) {
      step += 1
      progress(step / steps)
      if isCancelled() { throw .cancelled }
    }
    var range = matrix.times(Matrix(rows: matrix.columns, columns: l, values: test).view, pool: pool)
    try advance()
    for _ in 0..<Self.powerIterations {
      range = orthonormalised(range, passes: 1, pool: pool)
      let across = transposed.times(range.view, pool: pool)
      try advance()
      range = matrix.times(orthonormalised(across, passes: 1, pool: pool).view, pool: pool)
      try advance()
    }
    range = orthonormalised(range, pool: pool)

    // (v, l): the matrix seen from its range. Its Gram matrix has the squared singular values.
    let small = transposed.times(range.view, pool: pool)
    let eigen = SymmetricEigen(gramMatrix(small.view, pool: pool), size: l)
    let singular = eigen.values.map { $0.squareRoot() }
    // Below a thousandth of the largest there is rounding, not data.
    let kept = singular.prefix(rank).prefix { $0 > 1e-3 * singular[0] && $0 > 0 }.count
    var turn = Matrix(rows: l, columns: kept)
    turn.withUnsafeMutableBufferPointer { turn in
      for row in 0..<l {
        for column in 0..<kept { turn[row * kept + column] = Float(eigen.vectors[column * l + row] / singular[column]) }
      }
    }
    var components = Matrix(rows: matrix.columns, columns: kept)
    if kept > 0 { gemm(small.view, turn.view, into: &components, pool: pool) }
    values = singular.prefix(kept).map { Float($0) }
    self.components = components
    try advance()
  }
}
