import Tensors
import Testing

@Suite struct GemmTests {
  static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in generator.normal() })
  }

  @Test(
    "The fast product agrees with plain loops for every transposition",
    arguments: [(3, 4, 5), (1, 1, 1), (64, 10, 128), (1100, 33, 17)],
    [(false, false), (true, false), (false, true), (true, true)])
  func agreesWithReference(shape: (Int, Int, Int), transposed: (Bool, Bool)) {
    let (m, n, k) = shape
    let a = transposed.0 ? Self.random(k, m, seed: 1) : Self.random(m, k, seed: 1)
    let b = transposed.1 ? Self.random(n, k, seed: 2) : Self.random(k, n, seed: 2)
    var fast = Self.random(m, n, seed: 3)
    var slow = fast
    gemm(a.view, transposeA: transposed.0, b.view, transposeB: transposed.1, alpha: 0.5, beta: 2, into: &fast)
    referenceGemm(a.view, transposeA: transposed.0, b.view, transposeB: transposed.1, alpha: 0.5, beta: 2, into: &slow)
    let worst = zip(fast.values, slow.values).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 1e-4)
  }

  @Test("The product is bit-identical on any number of threads")
  func sameOnAnyPool() {
    let a = Self.random(2500, 96, seed: 4)
    let b = Self.random(96, 40, seed: 5)
    var alone = Matrix(rows: 2500, columns: 40)
    gemm(a.view, b.view, into: &alone)
    for threads in 1...4 {
      var shared = Matrix(rows: 2500, columns: 40)
      gemm(a.view, b.view, into: &shared, pool: ComputePool(threads: threads))
      #expect(shared == alone)
    }
  }

  @Test("An empty inner dimension scales C by beta, and beta 0 overwrites even NaN")
  func emptyInnerDimension() {
    var c = Matrix(rows: 2, columns: 2, values: [1, 2, 3, .nan])
    gemm(Matrix(rows: 2, columns: 0).view, Matrix(rows: 0, columns: 2).view, into: &c)
    #expect(c.values == [0, 0, 0, 0])
  }
}
