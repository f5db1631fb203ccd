internal import Glibc

/// Eigenvalues, descending, and eigenvectors (as rows) of a symmetric positive semidefinite matrix.
struct SymmetricEigen {
  /// The eigenvalues, `l`, descending and not negative.
  let values: [Double]
  /// Row `i` is the eigenvector of value `i`: `l · l` values; zero where the eigenvalue is.
  let vectors: [Double]

  /// Decomposes `size · size` values by one-sided Jacobi rotations.
  ///
  /// Rotates pairs of rows until all are orthogonal: their lengths are the eigenvalues then, their directions the vectors.
  /// Only whole rows are touched, so every loop runs over contiguous memory. Source: Hestenes, "Inversion of matrices by
  /// biorthogonalization and related results", 1958. O(l³) per sweep; about ten sweeps.
  init(_ matrix: [Double], size l: Int) {
    var rows = matrix
    let tolerance = 1e-11
    rows.withUnsafeMutableBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      var largest = (0..<l).map { dot(base + $0 * l, base + $0 * l, l) }.max() ?? 0
      for _ in 0..<40 {
        var rotated = false
        // Rows below rounding of the largest are noise: turning them against each other would never end.
        let floor = largest * 1e-28
        for p in 0..<l {
          for q in (p + 1)..<max(l, p + 1) {
            let pp = dot(base + p * l, base + p * l, l)
            let qq = dot(base + q * l, base + q * l, l)
            if pp <= floor || qq <= floor { continue }
            let pq = dot(base + p * l, base + q * l, l)
            if abs(pq) <= tolerance * (pp * qq).squareRoot() { continue }
            rotated = true
            let cotangent = (qq - pp) / (2 * pq)
            let tangent = (cotangent >= 0 ? 1.0 : -1.0) / (abs(cotangent) + (1 + cotangent * cotangent).squareRoot())
            let cosine = 1 / (1 + tangent * tangent).squareRoot()
            rotate(base + p * l, base + q * l, l, cosine, cosine * tangent)
          }
        }
        largest = (0..<l).map { dot(base + $0 * l, base + $0 * l, l) }.max() ?? 0
        if !rotated { break }
      }
    }
    let lengths = (0..<l).map { row in
      rows[row * l..<(row + 1) * l].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let order = (0..<l).sorted { lengths[$0] != lengths[$1] ? lengths[$0] > lengths[$1] : $0 < $1 }
    values = order.map { lengths[$0] }
    vectors = order.flatMap { row in
      rows[row * l..<(row + 1) * l].map { lengths[row] > 0 ? $0 / lengths[row] : 0 }
    }
  }
}

private func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD8<Double>.zero
  var index = 0
  let (a, b) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
  while index + 8 <= count {
    let x = a.loadUnaligned(fromByteOffset: 8 * index, as: SIMD8<Double>.self)
    sums += x * b.loadUnaligned(fromByteOffset: 8 * index, as: SIMD8<Double>.self)
    index += 8
  }
  var sum = sums.sum()
  while index < count {
    sum += a.load(fromByteOffset: 8 * index, as: Double.self) * b.load(fromByteOffset: 8 * index, as: Double.self)
    index += 1
  }
  return sum
}

private func rotate(
  _ a: UnsafeMutablePointer<Double>, _ b: UnsafeMutablePointer<Double>, _ count: Int, _ cosine: Double, _ sine: Double
) {
  for index in 0..<count {
    let (x, y) = (a[index], b[index])
    a[index] = cosine * x - sine * y
    b[index] = sine * x + cosine * y
  }
}
