private import CWinnowLanes
private import Glibc

/// The entropy of every row of probabilities, `(n)`, in nats.
///
/// `-sum p ln p` with `0 ln 0 = 0`; in `0...log(c)` for rows on the simplex, NaN for rows that hold NaN or a negative.
/// Within 2e-6 of ``referenceEntropyRows(_:)``. O(n·c).
public func entropyRows(_ m: MatrixView) -> [Float] {
  let (rows, columns, base) = (m.rows, m.columns, m.base)
  return [Float](unsafeUninitializedCapacity: rows) { result, initialized in
    for first in stride(from: 0, to: rows, by: 16) {
      let count = min(16, rows - first)
      let zero = SIMD16<Float>(repeating: 0)
      var sum = zero
      for column in 0..<columns {
        let p = loadLanes(base + first * columns + column, count: count, stride: columns)
        let term = winnow_if_equal(p, zero, zero, p * vectorLog(p))
        sum -= term
      }
      // A sure row must not come out as minus zero or, by rounding, below zero.
      sum = winnow_if_less(zero, sum, sum, winnow_if_equal(sum, sum, zero, sum))
      for lane in 0..<count { result[first + lane] = sum[lane] }
    }
    initialized = rows
  }
}

/// The entropy of every row as plain loops in double precision; what ``entropyRows(_:)`` is tested against.
public func referenceEntropyRows(_ m: MatrixView) -> [Float] {
  (0..<m.rows).map { row in
    Float(m[row].reduce(0.0) { $1 == 0 ? $0 : $0 - Double($1) * log(Double($1)) })
  }
}

/// The C library's exponential, for reference implementations.
func plainExp(_ x: Double) -> Double { exp(x) }
