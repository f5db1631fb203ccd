internal import Synchronization
internal import Tensors

/// Fills the rows of a `(count, dimension)` matrix in parallel blocks, and throws the error of the first row that has one.
///
/// `body` computes the rows of a range, the buffer being those rows alone; it stops at the row that it can't compute.
func matrixByRowBlocks(
  rows count: Int, columns dimension: Int, pool: ComputePool?, blockSize: Int = 64,
  _ body: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>) throws(FeatureError) -> Void
) throws(FeatureError) -> Matrix {
  var output = Matrix(rows: count, columns: dimension)
  let failure = Mutex<FeatureError?>(nil)
  output.withUnsafeMutableBufferPointer { buffer in
    let target = SharedRows(buffer: buffer)
    forEachBlock(of: count, blockSize: blockSize, pool: pool) { range in
      do throws(FeatureError) {
        let part = target.buffer[range.lowerBound * dimension..<range.upperBound * dimension]
        try body(range, UnsafeMutableBufferPointer(rebasing: part))
      } catch {
        failure.withLock { first in first = first.map { $0.precedes(error) ? $0 : error } ?? error }
      }
    }
  }
  if let error = failure.withLock({ $0 }) { throw error }
  return output
}

/// Calls `body` on blocks of `0..<count`, on the pool where there is one.
func forEachBlock(of count: Int, blockSize: Int, pool: ComputePool?, _ body: @Sendable (Range<Int>) -> Void) {
  if let pool { return pool.forEachBlock(of: count, blockSize: blockSize, body) }
  for start in stride(from: 0, to: count, by: blockSize) { body(start..<min(count, start + blockSize)) }
}

/// Memory whose blocks are written by different threads.
struct SharedRows<Element>: @unchecked Sendable {
  // Sendable: every thread writes the rows of its own block only, and the buffer outlives the parallel region.
  let buffer: UnsafeMutableBufferPointer<Element>
}

extension FeatureError {
  fileprivate func precedes(_ other: FeatureError) -> Bool {
    if case .row(let index, _) = self, case .row(let otherIndex, _) = other { return index < otherIndex }
    return true
  }
}
