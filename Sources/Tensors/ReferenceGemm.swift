/// The product of ``gemm(_:transposeA:_:transposeB:alpha:beta:into:pool:)`` as plain loops with double sums.
///
/// What the fast path is tested against.
public func referenceGemm(
  _ a: MatrixView, transposeA: Bool = false, _ b: MatrixView, transposeB: Bool = false, alpha: Float = 1,
  beta: Float = 0, into c: inout Matrix
) {
  let (m, n, k) = gemmShape(a, transposeA, b, transposeB, c)
  for row in 0..<m {
    for column in 0..<n {
      var sum = 0.0
      for inner in 0..<k {
        let left = transposeA ? a[inner][row] : a[row][inner]
        let right = transposeB ? b[column][inner] : b[inner][column]
        sum += Double(left) * Double(right)
      }
      let before = beta == 0 ? 0 : Double(beta) * Double(c[row, column])
      c[row, column] = Float(Double(alpha) * sum + before)
    }
  }
}
