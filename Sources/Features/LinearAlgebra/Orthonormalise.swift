internal import Tensors

/// Makes the columns of a tall matrix `(n, l)` orthonormal; columns that depend on those before them become zero.
///
/// Cholesky QR, twice: the second pass repairs what rounding left of the first. Source: Yamamoto, Nakatsukasa, Yanagisawa
/// and Fukaya, "Roundoff error analysis of the CholeskyQR2 algorithm", 2015. O(n·l²).
func orthonormalised(_ tall: Matrix, passes: Int = 2, pool: ComputePool?) -> Matrix {
  var result = tall
  for _ in 0..<passes {
    let inverse = inverseCholesky(gramMatrix(result.view, pool: pool), size: tall.columns)
    let factor = Matrix(rows: tall.columns, columns: tall.columns, values: inverse.map { Float($0) })
    var next = Matrix(rows: tall.rows, columns: tall.columns)
    gemm(result.view, factor.view, into: &next, pool: pool)
    result = next
  }
  return result
}

/// R⁻¹, upper triangular, of G = RᵀR; rows and columns of R whose pivot vanishes are zero in the inverse.
func inverseCholesky(_ gram: [Double], size l: Int) -> [Double] {
  // The square of a column's share that is its own; below it the rest is float32 rounding.
  let smallest = 1e-10
  var lower = [Double](repeating: 0, count: l * l)
  var kept = [Bool](repeating: true, count: l)
  lower.withUnsafeMutableBufferPointer { lower in
    for j in 0..<l {
      for i in j..<l {
        var sum = gram[i * l + j]
        for k in 0..<j { sum -= lower[i * l + k] * lower[j * l + k] }
        if i == j {
          kept[j] = sum > smallest * gram[j * l + j] && gram[j * l + j] > 0
          lower[j * l + j] = kept[j] ? sum.squareRoot() : 0
          if !kept[j] { break }
        } else {
          lower[i * l + j] = sum / lower[j * l + j]
        }
      }
    }
  }
  // Row i of the inverse of the lower factor, by forward substitution; its transpose is the inverse of R.
  var inverse = [Double](repeating: 0, count: l * l)
  inverse.withUnsafeMutableBufferPointer { inverse in
    for j in 0..<l where kept[j] {
      inverse[j * l + j] = 1 / lower[j * l + j]
      for i in (j + 1)..<max(l, j + 1) where kept[i] {
        var sum = 0.0
        for k in j..<i { sum += lower[i * l + k] * inverse[j * l + k] }
        inverse[j * l + i] = -sum / lower[i * l + i]
      }
    }
  }
  return inverse
}
