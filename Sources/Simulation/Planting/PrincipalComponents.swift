public import Tensors

/// The first principal components of rows `(n, d)`: their coordinates `(n, k)`, the widest direction first.
///
/// By subspace iteration on the centred rows, which are never multiplied out to `(d, d)`: few and well separated components
/// are what neighbour search needs, not the last digit of each.
/// - Parameters:
///   - count: `k`; at most `min(n, d)` are returned.
///   - seed: of the start.
/// - Complexity: O(30·n·d·k).
public func principalComponents(_ rows: MatrixView, count: Int, seed: UInt64) -> Matrix {
  let (n, d) = (rows.rows, rows.columns)
  let k = max(0, min(count, n, d))
  guard k > 0 else { return Matrix(rows: n, columns: 0) }
  let centred = centred(rows)
  var generator = SeededGenerator(seed: seed, stream: 0x9CA)
  var basis = Matrix(rows: k, columns: d, values: (0..<k * d).map { _ in generator.normal() })
  orthonormalise(&basis)
  var scores = Matrix(rows: n, columns: k)
  var image = Matrix(rows: k, columns: d)
  for _ in 0..<30 {
    gemm(centred.view, basis.view, transposeB: true, into: &scores)
    gemm(scores.view, transposeA: true, centred.view, into: &image)
    swap(&basis, &image)
    orthonormalise(&basis)
  }
  gemm(centred.view, basis.view, transposeB: true, into: &scores)
  return scores
}

private func centred(_ rows: MatrixView) -> Matrix {
  var means = [Double](repeating: 0, count: rows.columns)
  for row in 0..<rows.rows { for (column, value) in rows[row].enumerated() { means[column] += Double(value) } }
  var result = Matrix(rows)
  result.withUnsafeMutableBufferPointer { values in
    for index in values.indices {
      values[index] -= Float(means[index % rows.columns] / Double(max(1, rows.rows)))
    }
  }
  return result
}

/// Makes the rows orthogonal and of length 1 (modified Gram–Schmidt, twice); rows without a direction left become 0.
private func orthonormalise(_ basis: inout Matrix) {
  let (k, d) = (basis.rows, basis.columns)
  basis.withUnsafeMutableBufferPointer { values in
    for row in 0..<k {
      for _ in 0..<2 {
        for earlier in 0..<row {
          var product = 0.0
          for column in 0..<d { product += Double(values[row * d + column]) * Double(values[earlier * d + column]) }
          for column in 0..<d { values[row * d + column] -= Float(product) * values[earlier * d + column] }
        }
        var squared = 0.0
        for column in 0..<d { squared += Double(values[row * d + column]) * Double(values[row * d + column]) }
        let scale = squared > 1e-30 ? Float(1 / squared.squareRoot()) : 0
        for column in 0..<d { values[row * d + column] *= scale }
      }
    }
  }
}
