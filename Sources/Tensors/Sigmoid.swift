/// Elements per block of the element-wise kernel; a multiple of the 16 lanes.
private let elementBlock = 65_536

/// Replaces every element by its sigmoid, `1 / (1 + e^-x)`; NaN stays NaN.
///
/// Within 3e-7 of double precision. O(n·c).
public func sigmoid(_ m: inout Matrix, pool: ComputePool? = nil) {
  let count = m.rows * m.columns
  m.withUnsafeMutableBufferPointer { values in
    guard let base = values.baseAddress else { return }
    nonisolated(unsafe) let start = base  // Blocks are disjoint.
    forEachBlock(of: count, blockSize: elementBlock, on: pool) { range in
      let block = UnsafeMutableBufferPointer(start: start + range.lowerBound, count: range.count)
      mapLanes(block) { vectorSigmoid($0) }
    }
  }
}

/// Replaces every value by its sigmoid, on the calling thread.
package func sigmoidInPlace(_ values: UnsafeMutableBufferPointer<Float>) { mapLanes(values) { vectorSigmoid($0) } }

/// The sigmoids of logits that lie transposed, `(columns, rows)`, written as `(rows, columns)`.
package func sigmoidColumns(
  _ logits: UnsafePointer<Float>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Float>
) {
  for column in 0..<columns {
    for first in stride(from: 0, to: rows, by: 16) {
      let count = min(16, rows - first)
      let values = vectorSigmoid(loadLanes(logits + column * rows + first, count: count, stride: 1))
      for lane in 0..<count { target[(first &+ lane) &* columns &+ column] = values[lane] }
    }
  }
}

/// The sigmoid of each lane.
///
/// Emitted into the caller for the reason given at ``vectorExp(_:)``.
@export(implementation) @inline(__always)
public func vectorSigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> {
  let one = SIMD16<Float>(repeating: 1)
  return one / (one + vectorExp(-x))
}
