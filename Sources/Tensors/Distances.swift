/// Rows per block of the distance kernels.
private let distanceBlock = 512

/// Squared Euclidean distances between all rows of `a` `(n, d)` and all rows of `b` `(m, d)`, written to `(n, m)`.
///
/// Computed as `|a|² + |b|² - 2 a·b` with one product, clamped at 0: fast, but two nearly equal rows of large norm lose
/// digits; ``squaredDistance(_:_:)`` does not. O(n·m·d).
public func squaredDistances(_ a: MatrixView, _ b: MatrixView, into result: inout Matrix, pool: ComputePool? = nil) {
  precondition(a.columns == b.columns, "Cannot compare rows of \(a.columns) with rows of \(b.columns) columns")
  precondition(
    result.rows == a.rows && result.columns == b.rows,
    "Distances need (\(a.rows), \(b.rows)), not (\(result.rows), \(result.columns))")
  let norms = squaredNorms(b)
  result.withUnsafeMutableBufferPointer { target in
    guard let start = target.baseAddress else { return }
    nonisolated(unsafe) let start2 = start  // Blocks write disjoint rows.
    forEachBlock(of: a.rows, blockSize: distanceBlock, on: pool) { rows in
      squaredDistanceBlock(a.rowRange(rows), b, norms, into: start2 + rows.lowerBound * b.rows)
    }
  }
}

/// One block of squared distances on the calling thread; `norms` are those of the rows of `b`, `ownNorms` those of the rows of
/// `a` where the caller has them.
func squaredDistanceBlock(
  _ a: MatrixView, _ b: MatrixView, _ norms: [Float], ownNorms: UnsafePointer<Float>? = nil,
  into target: UnsafeMutablePointer<Float>
) {
  gemm(
    m: a.rows, n: b.rows, k: a.columns, alpha: -2, a.base, leadingA: a.columns, b.base, leadingB: b.columns,
    transposeB: true, into: target, leadingC: b.rows)
  norms.withUnsafeBufferPointer { norms in
    for row in 0..<a.rows {
      let norm = ownNorms?[row] ?? dot(a.base + row * a.columns, a.base + row * a.columns, count: a.columns)
      let values = target + row * b.rows
      for column in 0..<b.rows {
        let distance = values[column] + (norm + norms[column])
        values[column] = distance < 0 ? 0 : distance
      }
    }
  }
}

/// The squared Euclidean norm of every row, `(n)`, in O(n·d).
public func squaredNorms(_ m: MatrixView) -> [Float] {
  (0..<m.rows).map { dot(m.base + $0 * m.columns, m.base + $0 * m.columns, count: m.columns) }
}

/// The squared Euclidean distance of two vectors of equal length, without cancellation, in O(d).
public func squaredDistance(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
  precondition(a.count == b.count, "Cannot compare \(a.count) with \(b.count) values")
  guard let a0 = a.baseAddress, let b0 = b.baseAddress else { return 0 }
  return squaredDistance(a0, b0, count: a.count)
}

/// The scalar product of two vectors of equal length, in O(d).
public func dotProduct(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
  precondition(a.count == b.count, "Cannot multiply \(a.count) by \(b.count) values")
  guard let a0 = a.baseAddress, let b0 = b.baseAddress else { return 0 }
  return dot(a0, b0, count: a.count)
}

func squaredDistance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
  reduceLanes(a, b, count: count) { sum, left, right in
    let difference = left - right
    return sum.addingProduct(difference, difference)
  }
}

func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
  reduceLanes(a, b, count: count) { sum, left, right in sum.addingProduct(left, right) }
}

/// Sums `step` over two vectors, in four sums at a time so that one addition need not wait for the last.
@inline(__always)
private func reduceLanes(
  _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int,
  _ step: (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>) -> SIMD16<Float>
) -> Float {
  func lanes(_ pointer: UnsafePointer<Float>, _ index: Int) -> SIMD16<Float> {
    UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD16<Float>.self)
  }
  let zero = SIMD16<Float>(repeating: 0)
  var (s0, s1, s2, s3) = (zero, zero, zero, zero)
  var index = 0
  while index &+ 64 <= count {
    s0 = step(s0, lanes(a, index), lanes(b, index))
    s1 = step(s1, lanes(a, index &+ 16), lanes(b, index &+ 16))
    s2 = step(s2, lanes(a, index &+ 32), lanes(b, index &+ 32))
    s3 = step(s3, lanes(a, index &+ 48), lanes(b, index &+ 48))
    index &+= 64
  }
  while index &+ 16 <= count {
    s0 = step(s0, lanes(a, index), lanes(b, index))
    index &+= 16
  }
  if index < count {
    var (left, right) = (zero, zero)
    for lane in 0..<count &- index {
      left[lane] = a[index &+ lane]
      right[lane] = b[index &+ lane]
    }
    s0 = step(s0, left, right)
  }
  return ((s0 + s1) + (s2 + s3)).sum()
}
