private import CWinnowLanes

/// Rows per block of the row-wise kernels; a multiple of the 16 lanes.
private let rowBlock = 4096

/// Replaces every row of logits by its softmax, `exp(z - max z) / sum`.
///
/// A row that holds NaN or +infinity becomes NaN: nothing is repaired silently. Sixteen rows at a time, one in each lane,
/// so that a row's result depends on that row alone. Within 5e-7 of ``referenceSoftmaxRows(_:)``. O(n·c).
public func softmaxRows(_ m: inout Matrix, pool: ComputePool? = nil) {
  let (rows, columns) = (m.rows, m.columns)
  m.withUnsafeMutableBufferPointer { values in
    guard let base = values.baseAddress else { return }
    softmaxRows(base, rows: rows, columns: columns, pool: pool)
  }
}

/// The same on `rows * columns` floats at `base`.
package func softmaxRows(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, pool: ComputePool? = nil) {
  if columns == 0 { return }
  nonisolated(unsafe) let base = base  // Blocks are disjoint sets of rows.
  forEachBlock(of: rows, blockSize: rowBlock, on: pool) { range in
    withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: columns) { scratch in
      for first in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
        let count = min(16, range.upperBound - first)
        softmaxLanes(columns, scratch, into: base + first * columns, count: count) {
          loadLanes(base + first * columns + $0, count: count, stride: columns)
        }
      }
    }
  }
}

/// The softmax over `columns` of `rows` rows whose logits lie transposed, `(columns, rows)`, written as `(rows, columns)`.
package func softmaxColumns(
  _ logits: UnsafePointer<Float>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Float>
) {
  withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: columns) { scratch in
    for first in stride(from: 0, to: rows, by: 16) {
      let count = min(16, rows - first)
      softmaxLanes(columns, scratch, into: target + first * columns, count: count) {
        let start = logits + ($0 &* rows &+ first)
        return count == 16
          ? UnsafeRawPointer(start).loadUnaligned(as: SIMD16<Float>.self) : loadLanes(start, count: count, stride: 1)
      }
    }
  }
}

/// Replaces logits that lie transposed, `(columns, rows)`, by the softmax over `columns` of each of `rows` rows.
package func softmaxColumnsInPlace(_ logits: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
  let raw = UnsafeMutableRawPointer(logits)
  let whole = rows & ~15
  for first in stride(from: 0, to: whole, by: 16) {
    func place(_ column: Int) -> UnsafeMutableRawPointer { raw + 4 &* (column &* rows &+ first) }
    var highest = SIMD16<Float>(repeating: -.infinity)
    for column in 0..<columns {
      let z = place(column).loadUnaligned(as: SIMD16<Float>.self)
      highest = winnow_larger(z, highest)
    }
    var sum = SIMD16<Float>(repeating: 0)
    for column in 0..<columns {
      let power = vectorExp(place(column).loadUnaligned(as: SIMD16<Float>.self) - highest)
      place(column).storeBytes(of: power, as: SIMD16<Float>.self)
      sum += power
    }
    let scale = SIMD16<Float>(repeating: 1) / sum
    for column in 0..<columns {
      let power = place(column).loadUnaligned(as: SIMD16<Float>.self)
      place(column).storeBytes(of: power * scale, as: SIMD16<Float>.self)
    }
  }
  if whole == rows { return }
  withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: columns) { scratch in
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 16 * columns) { last in
      guard let last = last.baseAddress else { return }
      let count = rows - whole
      softmaxLanes(columns, scratch, into: last, count: count) {
        loadLanes(logits + ($0 &* rows &+ whole), count: count, stride: 1)
      }
      for lane in 0..<count {
        for column in 0..<columns { logits[column * rows + whole + lane] = last[lane * columns + column] }
      }
    }
  }
}

/// The softmax of up to 16 rows, one in each lane; `load` gives the logits of one column.
@inline(__always)
private func softmaxLanes(
  _ columns: Int, _ scratch: UnsafeMutableBufferPointer<SIMD16<Float>>, into target: UnsafeMutablePointer<Float>,
  count: Int, load: (Int) -> SIMD16<Float>
) {
  var highest = SIMD16<Float>(repeating: -.infinity)
  for column in 0..<columns {
    let z = load(column)
    scratch[column] = z
    highest = winnow_larger(z, highest)
  }
  var sum = SIMD16<Float>(repeating: 0)
  for column in 0..<columns {
    let power = vectorExp(scratch[column] - highest)
    scratch[column] = power
    sum += power
  }
  let scale = SIMD16<Float>(repeating: 1) / sum
  for column in 0..<columns {
    let probability = scratch[column] * scale
    let position = target + column
    if count == 16 {
      for lane in 0..<16 { position[lane &* columns] = probability[lane] }
    } else {
      for lane in 0..<count { position[lane &* columns] = probability[lane] }
    }
  }
}

/// One element of each of up to 16 rows; lanes beyond `count` repeat the first row.
@inline(__always)
func loadLanes(_ base: UnsafePointer<Float>, count: Int, stride: Int) -> SIMD16<Float> {
  if count == 16 {
    var lanes = SIMD16<Float>()
    for lane in 0..<16 { lanes[lane] = base[lane &* stride] }
    return lanes
  }
  var lanes = SIMD16<Float>(repeating: base[0])
  for lane in 0..<count { lanes[lane] = base[lane &* stride] }
  return lanes
}

/// The softmax of every row as plain loops in double precision; what ``softmaxRows(_:pool:)`` is tested against.
public func referenceSoftmaxRows(_ m: MatrixView) -> Matrix {
  var result = Matrix(m)
  for row in 0..<m.rows {
    let highest = Double(m[row].max() ?? 0)
    let powers = m[row].map { plainExp(Double($0) - highest) }
    let sum = powers.reduce(0, +)
    for column in 0..<m.columns { result[row, column] = Float(powers[column] / sum) }
  }
  return result
}
