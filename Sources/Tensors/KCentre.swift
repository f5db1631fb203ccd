/// Points chosen by ``kCentre(_:count:covered:pool:)``.
public struct KCentreResult: Sendable, Equatable {
  /// Chosen rows, in the order of choice.
  public let chosen: [Int]
  /// The Euclidean distance of each chosen row to what was covered or chosen before it; infinite for a first choice.
  public let radii: [Float]
}

/// Chooses `count` rows so that every row is near to one of them: greedily the one farthest from all chosen so far.
///
/// Within twice the best possible covering radius. Ties go to the lower index; rows at distance 0 of what is covered are
/// chosen last. Where nothing is covered the row nearest to the mean begins.
///
/// A row's distance to what is chosen only falls, so that an old one is an upper bound: rows whose bound lies below the
/// radius of the moment are left alone. That skips most rows of most pools, and costs nothing where it skips none.
/// Source: Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985; Sener and Savarese, "Active
/// Learning for Convolutional Neural Networks: A Core-Set Approach", 2018.
/// - Parameters:
///   - points: `(n, d)`.
///   - count: `b`; at most `n` rows are chosen.
///   - covered: rows `(m, d)` that are labelled already; nil or none where there are none.
/// - Complexity: O(n·m·d + b·n·d) at most, O(n) extra space.
public func kCentre(
  _ points: MatrixView, count: Int, covered: MatrixView? = nil, pool: ComputePool? = nil
) -> KCentreResult {
  let wanted = min(max(0, count), points.rows)
  guard wanted > 0 else { return KCentreResult(chosen: [], radii: []) }
  var cover = Cover(points)
  var radii: [Float] = []
  if let covered, covered.rows > 0 {
    precondition(
      covered.columns == points.columns,
      "Cannot compare rows of \(points.columns) with rows of \(covered.columns) columns")
    cover.start(from: covered, pool)
  } else {
    cover.choose(nearestToMean(points, pool))
    radii.append(.infinity)
  }
  while cover.chosen.count < wanted {
    let (row, distance) = cover.farthest(pool)
    radii.append(distance.squareRoot())
    cover.choose(row)
  }
  return KCentreResult(chosen: cover.chosen, radii: radii)
}

/// The same by plain loops over all rows; what ``kCentre(_:count:covered:pool:)`` is tested against.
public func referenceKCentre(_ points: MatrixView, count: Int, covered: MatrixView? = nil) -> KCentreResult {
  var nearest = [Float](repeating: .infinity, count: points.rows)
  if let covered {
    for row in 0..<points.rows {
      for other in 0..<covered.rows { nearest[row] = min(nearest[row], squaredDistance(points[row], covered[other])) }
    }
  }
  var (chosen, radii): ([Int], [Float]) = ([], [])
  while chosen.count < min(count, points.rows) {
    let isFirst = chosen.isEmpty && (covered?.rows ?? 0) == 0
    var best = -1
    for row in 0..<points.rows where !chosen.contains(row) && (best < 0 || nearest[row] > nearest[best]) { best = row }
    if isFirst { best = nearestToMean(points, nil) }
    chosen.append(best)
    radii.append(nearest[best].squareRoot())
    for row in 0..<points.rows { nearest[row] = min(nearest[row], squaredDistance(points[row], points[best])) }
  }
  return KCentreResult(chosen: chosen, radii: radii)
}

/// The row of least distance to the mean of all rows; ties go to the lower index.
private func nearestToMean(_ points: MatrixView, _ pool: ComputePool?) -> Int {
  var sums = [Double](repeating: 0, count: points.columns)
  for row in 0..<points.rows {
    let values = points.base + row * points.columns
    for column in 0..<points.columns { sums[column] += Double(values[column]) }
  }
  let mean = sums.map { Float($0 / Double(points.rows)) }
  return mean.withUnsafeBufferPointer { mean in
    var best = (row: 0, distance: Float.infinity)
    for row in 0..<points.rows {
      let distance = squaredDistance(points[row], mean)
      if distance < best.distance { best = (row, distance) }
    }
    return best.row
  }
}

/// What is chosen, and a bound on how far every row is from it.
private struct Cover {
  let points: MatrixView
  private(set) var chosen: [Int] = []
  /// The squared distance of each row to the chosen rows that it has been compared with; -1 for the chosen.
  private var bounds: [Float]
  /// How many of the chosen rows each row has been compared with.
  private var seen: [Int32]
  private let blockSize = 1024

  init(_ points: MatrixView) {
    self.points = points
    bounds = [Float](repeating: .infinity, count: points.rows)
    seen = [Int32](repeating: 0, count: points.rows)
  }

  /// Takes the distances to rows that are covered already, by products of blocks.
  mutating func start(from covered: MatrixView, _ pool: ComputePool?) {
    let points = points
    let norms = squaredNorms(covered)
    bounds.withUnsafeMutableBufferPointer { bounds in
      nonisolated(unsafe) let bounds = bounds  // Blocks write disjoint elements.
      forEachBlock(of: points.rows, blockSize: 256, on: pool) { rows in
        let width = 512
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * width) { scratch in
          guard let table = scratch.baseAddress else { return }
          for first in stride(from: 0, to: covered.rows, by: width) {
            let range = first..<min(covered.rows, first + width)
            squaredDistanceBlock(points.rowRange(rows), covered.rowRange(range), Array(norms[range]), into: table)
            for row in rows {
              let values = table + (row &- rows.lowerBound) &* range.count
              var least = bounds[row]
              for column in 0..<range.count where values[column] < least { least = values[column] }
              bounds[row] = least
            }
          }
        }
      }
    }
  }

  mutating func choose(_ row: Int) {
    chosen.append(row)
    bounds[row] = -1
  }

  /// The row that is farthest from all chosen ones, and its squared distance.
  mutating func farthest(_ pool: ComputePool?) -> (row: Int, distance: Float) {
    // The exact distance of one promising row: whoever has a lower bound cannot be the farthest.
    let top = Self.largest(bounds)
    if seen[top] == chosen.count { return (top, bounds[top]) }
    refresh(top...top, atLeast: -0.5, nil)
    refresh(0...bounds.count - 1, atLeast: bounds[top], pool)
    let best = Self.largest(bounds)
    return (best, bounds[best])
  }

  /// Makes the bounds of `rows` exact where they are at least `limit`.
  private mutating func refresh(_ rows: ClosedRange<Int>, atLeast limit: Float, _ pool: ComputePool?) {
    let (points, chosen, d) = (points, chosen, points.columns)
    bounds.withUnsafeMutableBufferPointer { bounds in
      seen.withUnsafeMutableBufferPointer { seen in
        nonisolated(unsafe) let (bounds, seen) = (bounds, seen)  // Blocks write disjoint elements.
        forEachBlock(of: rows.count, blockSize: blockSize, on: pool) { block in
          for offset in block {
            let row = rows.lowerBound &+ offset
            if bounds[row] < limit { continue }
            var least = bounds[row]
            for index in Int(seen[row])..<chosen.count {
              least = min(least, squaredDistance(points.base + row &* d, points.base + chosen[index] &* d, count: d))
            }
            bounds[row] = least
            seen[row] = Int32(truncatingIfNeeded: chosen.count)
          }
        }
      }
    }
  }

  /// The index of the largest value, the lowest of equals.
  private static func largest(_ values: [Float]) -> Int {
    values.withUnsafeBufferPointer { values in
      var best = 0
      for start in stride(from: 0, to: values.count, by: 16) {
        let end = min(values.count, start &+ 16)
        if end &- start == 16, let base = values.baseAddress {
          let lanes = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Float>.self)
          if !any(lanes .> SIMD16(repeating: values[best])) { continue }
        }
        for index in start..<end where values[index] > values[best] { best = index }
      }
      return best
    }
  }
}
