private import CWinnowOneDNN

/// Rows of C that one call of oneDNN computes.
///
/// Fixed, so that the sums are formed in the same order with and without a pool, on any number of threads.
private let gemmRowBlock = 512

/// Computes `C = alpha * op(A) * op(B) + beta * C`, where `op` transposes if asked.
///
/// Shapes: `op(A)` is `(m, k)`, `op(B)` is `(k, n)`, `C` is `(m, n)`; anything else is a programming error and traps.
/// Runs on oneDNN's `dnnl_sgemm`, one thread per block of rows; the result does not depend on the number of threads.
/// O(m·n·k).
public func gemm(
  _ a: MatrixView, transposeA: Bool = false, _ b: MatrixView, transposeB: Bool = false, alpha: Float = 1,
  beta: Float = 0, into c: inout Matrix, pool: ComputePool? = nil
) {
  let (m, n, k) = gemmShape(a, transposeA, b, transposeB, c)
  c.withUnsafeMutableBufferPointer { target in
    guard let result = target.baseAddress else { return }
    gemm(
      m: m, n: n, k: k, alpha: alpha, a.base, leadingA: a.columns, transposeA: transposeA, b.base,
      leadingB: b.columns, transposeB: transposeB, beta: beta, into: result, leadingC: n, pool: pool)
  }
}

/// The product on plain pointers, for loops that hold their memory: see ``gemm(_:transposeA:_:transposeB:alpha:beta:into:pool:)``.
///
/// `leading` is the distance between the stored rows of a matrix, in floats.
package func gemm(
  m: Int, n: Int, k: Int, alpha: Float = 1, _ a: UnsafePointer<Float>, leadingA: Int, transposeA: Bool = false,
  _ b: UnsafePointer<Float>, leadingB: Int, transposeB: Bool = false, beta: Float = 0,
  into c: UnsafeMutablePointer<Float>, leadingC: Int, pool: ComputePool? = nil
) {
  if m == 0 || n == 0 { return }
  if k == 0 {
    for row in 0..<m {
      let target = c + row * leadingC
      for column in 0..<n { target[column] = beta == 0 ? 0 : beta * target[column] }
    }
    return
  }
  nonisolated(unsafe) let (a, b, c) = (a, b, c)  // Blocks read all of A and B and write disjoint rows of C.
  forEachBlock(of: m, blockSize: gemmRowBlock, on: pool) { rows in
    let status = winnow_sgemm(
      transposeA ? 1 : 0, transposeB ? 1 : 0, Int64(rows.count), Int64(n), Int64(k), alpha,
      a + rows.lowerBound * (transposeA ? 1 : leadingA), Int64(leadingA), b, Int64(leadingB), beta,
      c + rows.lowerBound * leadingC, Int64(leadingC))
    precondition(status == 0, "dnnl_sgemm refused a (\(m), \(k)) by (\(k), \(n)) product: status \(status)")
  }
}

/// Checks that the operands fit together and returns `(m, n, k)`.
func gemmShape(
  _ a: MatrixView, _ transposeA: Bool, _ b: MatrixView, _ transposeB: Bool, _ c: Matrix
) -> (m: Int, n: Int, k: Int) {
  let (m, k) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
  let (kOfB, n) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
  precondition(
    k == kOfB && c.rows == m && c.columns == n,
    "Cannot multiply (\(m), \(k)) by (\(kOfB), \(n)) into (\(c.rows), \(c.columns))")
  return (m, n, k)
}
