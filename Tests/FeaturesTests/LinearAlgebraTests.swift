import Tensors
import Testing

@testable import Features

struct LinearAlgebraTests {
  private func random(rows: Int, columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in generator.normal() })
  }

  private func sparse(_ dense: Matrix) -> SparseMatrix {
    var result = SparseMatrix(columns: dense.columns)
    for row in 0..<dense.rows {
      result.appendRow { positions, weights in
        for column in 0..<dense.columns where dense[row, column] != 0 {
          positions.append(Int32(column))
          weights.append(dense[row, column])
        }
      }
    }
    return result
  }

  /// Products by plain loops in double.
  private func product(_ a: Matrix, _ b: Matrix) -> [Double] {
    var result: [Double] = []
    for row in 0..<a.rows {
      for column in 0..<b.columns {
        result.append((0..<a.columns).reduce(0.0) { $0 + Double(a[row, $1]) * Double(b[$1, column]) })
      }
    }
    return result
  }

  private func transposed(_ a: Matrix) -> Matrix {
    var result = Matrix(rows: a.columns, columns: a.rows)
    for row in 0..<a.rows { for column in 0..<a.columns { result[column, row] = a[row, column] } }
    return result
  }

  /// A matrix with two entries of three zero.
  private func holey(rows: Int, columns: Int, seed: UInt64) -> Matrix {
    var matrix = random(rows: rows, columns: columns, seed: seed)
    for row in 0..<rows { for column in 0..<columns where (row + column) % 3 != 0 { matrix[row, column] = 0 } }
    return matrix
  }

  @Test func sparseProductsEqualDenseOnes() {
    let a = holey(rows: 300, columns: 41, seed: 1)
    let b = random(rows: 41, columns: 19, seed: 2)
    let c = random(rows: 300, columns: 19, seed: 3)
    let pool = ComputePool(threads: 2)
    let plain = sparse(a).times(b.view, pool: nil)
    #expect(zip(plain.values, product(a, b)).allSatisfy { abs(Double($0) - $1) < 1e-4 })
    #expect(sparse(a).times(b.view, pool: pool).values == plain.values)
    let across = sparse(a).transposed().times(c.view, pool: pool)
    #expect(zip(across.values, product(transposed(a), c)).allSatisfy { abs(Double($0) - $1) < 1e-4 })
  }

  @Test(arguments: [(1, 1), (5, 3), (64, 7), (517, 22)])
  func gramMatricesEqualTheProduct(rows: Int, columns: Int) {
    let a = random(rows: rows, columns: columns, seed: 9)
    let gram = gramMatrix(a.view, pool: nil)
    #expect(zip(gram, product(transposed(a), a)).allSatisfy { abs($0 - $1) < 1e-9 * Double(rows) })
    #expect(gramMatrix(a.view, pool: ComputePool(threads: 3)) == gram)
  }

  @Test func orthonormalColumnsSpanTheSameSpace() {
    var a = random(rows: 400, columns: 12, seed: 4)
    // Badly scaled, and two columns that depend on others.
    for row in 0..<400 {
      a[row, 3] *= 1e4
      a[row, 5] = a[row, 0] + 1e-3 * a[row, 5]
      a[row, 7] = 2 * a[row, 1] - a[row, 2]
      a[row, 11] = 0
    }
    let q = orthonormalised(a, pool: nil)
    let gram = gramMatrix(q.view, pool: nil)
    for i in 0..<12 {
      for j in 0..<12 {
        let expected = i == j && i != 7 && i != 11 ? 1.0 : 0.0
        #expect(abs(gram[i * 12 + j] - expected) < 1e-4, "\(i), \(j)")
      }
    }
    // What is left of A outside of the span of Q is rounding.
    let coefficients = product(transposed(q), a)
    let span = Matrix(rows: 12, columns: 12, values: coefficients.map { Float($0) })
    #expect(zip(product(q, span), a.values).allSatisfy { abs($0 - Double($1)) < 1e-2 })
  }

  @Test(arguments: [1, 2, 3, 16, 45])
  func eigenvectorsRebuildTheMatrix(size: Int) {
    let a = random(rows: size + 3, columns: size, seed: UInt64(size))
    let matrix = gramMatrix(a.view, pool: nil)
    let eigen = SymmetricEigen(matrix, size: size)
    #expect(eigen.values == eigen.values.sorted(by: >))
    for i in 0..<size {
      for j in 0..<size {
        var sum = 0.0
        var dot = 0.0
        for k in 0..<size {
          sum += eigen.values[k] * eigen.vectors[k * size + i] * eigen.vectors[k * size + j]
          dot += eigen.vectors[i * size + k] * eigen.vectors[j * size + k]
        }
        #expect(abs(sum - matrix[i * size + j]) < 1e-8 * (1 + eigen.values[0]))
        #expect(abs(dot - (i == j ? 1 : 0)) < 1e-8)
      }
    }
  }

  @Test func theDecompositionEqualsADenseOne() throws {
    // 60 × 40 of rank 40, with a spectrum that falls off.
    var a = holey(rows: 60, columns: 40, seed: 6)
    for column in 0..<40 { for row in 0..<60 { a[row, column] /= Float(1 + column) } }
    let dense = SymmetricEigen(gramMatrix(a.view, pool: nil), size: 40)
    let svd = try TruncatedSVD(
      sparse(a), rank: 8, seed: 1, pool: nil, progress: { _ in }, isCancelled: { false })
    #expect(svd.values.count == 8 && svd.components.rows == 40 && svd.components.columns == 8)
    for k in 0..<8 {
      #expect(abs(Double(svd.values[k]) - dense.values[k].squareRoot()) < 1e-3 * dense.values[0].squareRoot())
      // Singular vectors are equal up to their sign.
      let dot = (0..<40).reduce(0.0) { $0 + Double(svd.components[$1, k]) * dense.vectors[k * 40 + $1] }
      #expect(abs(abs(dot) - 1) < 1e-3, "vector \(k)")
    }
  }

  @Test func findsTheRankOfWhatHasLess() throws {
    // Rank 3: 50 rows that are mixtures of three.
    let mixed = Matrix(
      rows: 50, columns: 30,
      values: product(random(rows: 50, columns: 3, seed: 1), random(rows: 3, columns: 30, seed: 2))
        .map { Float($0) })
    let svd = try TruncatedSVD(
      sparse(mixed), rank: 20, seed: 1, pool: nil, progress: { _ in }, isCancelled: { false })
    #expect(svd.values.count == 3)
    let zero = try TruncatedSVD(
      sparse(Matrix(rows: 4, columns: 4)), rank: 2, seed: 1, pool: nil, progress: { _ in }, isCancelled: { false })
    #expect(zero.values.isEmpty && zero.components.columns == 0)
    #expect(throws: FeatureError.cancelled) {
      try TruncatedSVD(sparse(mixed), rank: 2, seed: 1, pool: nil, progress: { _ in }, isCancelled: { true })
    }
  }
}
