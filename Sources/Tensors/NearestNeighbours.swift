private import CWinnowLanes

/// Queries per block, and reference rows per product: a block of distances stays in the cache.
private let (queryBlock, referenceBlock) = (128, 1024)

/// The `k` nearest rows of `reference` `(m, d)` for every row of `queries` `(n, d)`, nearest first.
///
/// Exact: products by blocks select the candidates, and distances of those are computed again without cancellation.
/// Ties go to the lower index; `k` beyond `m` gives all of them. A query that is itself among the reference rows finds
/// itself. Returns `(n)` arrays of indices into `reference` and their squared Euclidean distances. O(n·m·d).
public func nearestNeighbours(
  _ queries: MatrixView, among reference: MatrixView, k: Int, pool: ComputePool? = nil
) -> (indices: [[Int]], squaredDistances: [[Float]]) {
  precondition(
    queries.columns == reference.columns,
    "Cannot compare rows of \(queries.columns) with rows of \(reference.columns) columns")
  let wanted = min(max(0, k), reference.rows)
  var indices = [[Int]](repeating: [], count: queries.rows)
  var distances = [[Float]](repeating: [], count: queries.rows)
  guard wanted > 0 else { return (indices, distances) }
  let norms = squaredNorms(reference)
  indices.withUnsafeMutableBufferPointer { indices in
    distances.withUnsafeMutableBufferPointer { distances in
      nonisolated(unsafe) let (indices, distances) = (indices, distances)  // Blocks write disjoint elements.
      forEachBlock(of: queries.rows, blockSize: queryBlock, on: pool) { rows in
        let found = nearest(queries.rowRange(rows), reference, norms, wanted)
        for (offset, list) in found.enumerated() {
          let query = queries.base + (rows.lowerBound + offset) * queries.columns
          let exact = list.map { index in
            (index, squaredDistance(query, reference.base + index * reference.columns, count: queries.columns))
          }.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 < $1.1 }
          indices[rows.lowerBound + offset] = exact.map(\.0)
          distances[rows.lowerBound + offset] = exact.map(\.1)
        }
      }
    }
  }
  return (indices, distances)
}

/// The candidates of one block of queries: for each the indices of its `wanted` smallest distances, unordered.
private func nearest(_ queries: MatrixView, _ reference: MatrixView, _ norms: [Float], _ wanted: Int) -> [[Int]] {
  var lists = [NeighbourList](repeating: NeighbourList(capacity: wanted), count: queries.rows)
  withUnsafeTemporaryAllocation(of: Float.self, capacity: queryBlock * referenceBlock) { scratch in
    guard let block = scratch.baseAddress else { return }
    for first in stride(from: 0, to: reference.rows, by: referenceBlock) {
      let range = first..<min(reference.rows, first + referenceBlock)
      squaredDistanceBlock(queries, reference.rowRange(range), Array(norms[range]), into: block)
      for row in 0..<queries.rows {
        lists[row].offer(UnsafeBufferPointer(start: block + row * range.count, count: range.count), firstIndex: first)
      }
    }
  }
  return lists.map(\.indices)
}

/// The smallest distances seen so far, sorted; short, so that insertion beats a heap.
private struct NeighbourList {
  private(set) var indices: [Int] = []
  private var distances: [Float] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    indices.reserveCapacity(capacity + 1)
    distances.reserveCapacity(capacity + 1)
  }

  mutating func offer(_ values: UnsafeBufferPointer<Float>, firstIndex: Int) {
    guard let base = values.baseAddress else { return }
    var start = 0
    while start < values.count {
      let end = min(values.count, start &+ 16)
      // Most sixteens hold nothing near enough, which one comparison shows.
      if distances.count == capacity, end &- start == 16 {
        let lanes = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Float>.self)
        if !winnow_any_less(lanes, SIMD16(repeating: distances[capacity &- 1])) {
          start = end
          continue
        }
      }
      for offset in start..<end where distances.count < capacity || base[offset] < distances[capacity &- 1] {
        insert(base[offset], firstIndex + offset)
      }
      start = end
    }
  }

  /// Later items of equal distance go behind earlier ones: offered in order of index, ties keep the lower index.
  private mutating func insert(_ distance: Float, _ index: Int) {
    var position = distances.count
    while position > 0, distances[position - 1] > distance { position -= 1 }
    distances.insert(distance, at: position)
    indices.insert(index, at: position)
    if distances.count > capacity {
      distances.removeLast()
      indices.removeLast()
    }
  }
}
