/// Clusters found by ``kMeans(_:clusters:weights:maxIterations:using:pool:)``.
public struct KMeansResult: Sendable {
  /// Cluster centres `(k, d)`; fewer than asked for where there were fewer points.
  public let centers: Matrix
  /// The cluster of every point, `(n)`.
  public let assignment: [Int]
  /// The Euclidean distance (not squared) of every point to its centre, `(n)`.
  public let distances: [Float]
  /// Rounds of assignment and update that were run.
  public let iterations: Int
}

/// Weighted k-means (Lloyd, 1982) from a greedy k-means++ start (Arthur and Vassilvitskii, 2007).
///
/// Ends when no point changes its cluster, or after `maxIterations`. A cluster that loses all its points takes the point
/// farthest from its own centre. Deterministic for a generator, whatever the number of threads.
/// - Parameters:
///   - points: `(n, d)`.
///   - clusters: `k`; at least 1. At most `n` centres are returned.
///   - weights: `(n)`, none negative; nil counts every point once. A point of weight 0 is assigned but moves no centre.
///   - maxIterations: a bound on the rounds; 20 is plenty for choosing batches.
/// - Complexity: O(iterations·n·k·d), by matrix products; O(n·k) is never held at once.
public func kMeans(
  _ points: MatrixView, clusters: Int, weights: [Float]? = nil, maxIterations: Int = 50,
  using generator: inout SeededGenerator, pool: ComputePool? = nil
) -> KMeansResult {
  precondition(clusters >= 1, "k-means needs at least one cluster")
  precondition(weights == nil || weights?.count == points.rows, "k-means needs one weight for each point")
  let weights = weights ?? [Float](repeating: 1, count: points.rows)
  guard points.rows > 0 else {
    return KMeansResult(centers: Matrix(rows: 0, columns: points.columns), assignment: [], distances: [], iterations: 0)
  }
  let start = kMeansPlusPlus(points, min(clusters, points.rows), weights, &generator, pool)
  var centers = points.gatherRows(start)
  var (assignment, squared) = assign(points, to: centers, pool)
  var iterations = 0
  while iterations < maxIterations {
    iterations += 1
    centers = updateCenters(points, weights, assignment, squared, previous: centers, pool)
    let before = assignment
    (assignment, squared) = assign(points, to: centers, pool)
    if before == assignment { break }
  }
  return KMeansResult(
    centers: centers, assignment: assignment, distances: squared.map { $0.squareRoot() }, iterations: iterations)
}

/// The nearest centre of every point and the squared distance to it; ties go to the lower centre.
private func assign(_ points: MatrixView, to centers: Matrix, _ pool: ComputePool?) -> ([Int], [Float]) {
  let centers = centers.view
  let norms = squaredNorms(centers)
  var assignment = [Int](repeating: 0, count: points.rows)
  var distances = [Float](repeating: 0, count: points.rows)
  assignment.withUnsafeMutableBufferPointer { assignment in
    distances.withUnsafeMutableBufferPointer { distances in
      nonisolated(unsafe) let (assignment, distances) = (assignment, distances)  // Blocks write disjoint elements.
      forEachBlock(of: points.rows, blockSize: 512, on: pool) { rows in
        let block = points.rowRange(rows)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * centers.rows) { scratch in
          guard let table = scratch.baseAddress else { return }
          squaredDistanceBlock(block, centers, norms, into: table)
          for offset in 0..<rows.count {
            let row = table + offset * centers.rows
            var best = 0
            for center in 1..<max(1, centers.rows) where row[center] < row[best] { best = center }
            assignment[rows.lowerBound + offset] = best
            // Again without cancellation: a point on its centre is at distance 0.
            distances[rows.lowerBound + offset] = squaredDistance(
              block.base + offset * block.columns, centers.base + best * centers.columns, count: block.columns)
          }
        }
      }
    }
  }
  return (assignment, distances)
}

/// The weighted means of the clusters, summed in a fixed number of slices so that threads cannot change the result.
private func updateCenters(
  _ points: MatrixView, _ weights: [Float], _ assignment: [Int], _ squared: [Float], previous: Matrix,
  _ pool: ComputePool?
) -> Matrix {
  let (k, d, slices) = (previous.rows, points.columns, 16)
  let width = k * (d + 1)  // d sums and the total weight of each cluster
  var sums = [Double](repeating: 0, count: slices * width)
  let perSlice = (points.rows + slices - 1) / slices
  sums.withUnsafeMutableBufferPointer { sums in
    nonisolated(unsafe) let sums = sums  // Slices are disjoint.
    forEachBlock(of: points.rows, blockSize: perSlice, on: pool) { rows in
      guard let base = sums.baseAddress else { return }
      let slice = base + rows.lowerBound / perSlice * width
      for row in rows {
        let weight = Double(weights[row])
        let target = slice + assignment[row] * (d + 1)
        let point = points.base + row * d
        for column in 0..<d { target[column] += weight * Double(point[column]) }
        target[d] += weight
      }
    }
  }
  var centers = previous
  var farthest = topK(squared, k: k)[...]
  for cluster in 0..<k {
    func total(_ column: Int) -> Double {
      (0..<slices).reduce(0) { $0 + sums[$1 * width + cluster * (d + 1) + column] }
    }
    let mass = total(d)
    if mass > 0 {
      for column in 0..<d { centers[cluster, column] = Float(total(column) / mass) }
    } else if let point = farthest.popFirst(), squared[point] > 0 {
      for column in 0..<d { centers[cluster, column] = points[point][column] }
    }
  }
  return centers
}
