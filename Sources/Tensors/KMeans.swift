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
  let norms = squaredNorms(points)
  var (assignment, squared) = assign(points, norms, to: centers, pool)
  var sums = ClusterSums(points: points, weights: weights, clusters: centers.rows)
  var iterations = 0
  while iterations < maxIterations {
    iterations += 1
    sums.move(to: assignment, pool)
    centers = sums.centers(previous: centers, farthest: squared)
    let before = assignment
    (assignment, squared) = assign(points, norms, to: centers, pool)
    if before == assignment { break }
  }
  return KMeansResult(
    centers: centers, assignment: assignment, distances: squared.map { $0.squareRoot() }, iterations: iterations)
}

/// The nearest centre of every point and the squared distance to it; ties go to the lower centre.
private func assign(
  _ points: MatrixView, _ ownNorms: [Float], to centers: Matrix, _ pool: ComputePool?
) -> ([Int], [Float]) {
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
          ownNorms.withUnsafeBufferPointer { ownNorms in
            squaredDistanceBlock(
              block, centers, norms, ownNorms: ownNorms.baseAddress.map { $0 + rows.lowerBound }, into: table)
          }
          for offset in 0..<rows.count {
            let best = indexOfLeast(table + offset * centers.rows, count: centers.rows)
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

/// The index of the least value, the lowest of equals; sixteen are passed over at a time while none of them is less.
private func indexOfLeast(_ values: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  var start = 0
  while start < count {
    let end = min(count, start &+ 16)
    if end &- start == 16 {
      let lanes = UnsafeRawPointer(values + start).loadUnaligned(as: SIMD16<Float>.self)
      if !any(lanes .< SIMD16(repeating: values[best])) {
        start = end
        continue
      }
    }
    for index in start..<end where values[index] < values[best] { best = index }
    start = end
  }
  return best
}

/// The weighted sums of the clusters, kept from round to round: only points that change their cluster are added again.
///
/// Summed in a fixed number of slices so that threads cannot change the result.
private struct ClusterSums {
  private let points: MatrixView
  private let weights: [Float]
  private let clusters: Int
  private let slices = 16
  /// For each slice and cluster `d` sums and the total weight.
  private var sums: [Double]
  /// Where each point is counted; -1 before the first round.
  private var counted: [Int]

  init(points: MatrixView, weights: [Float], clusters: Int) {
    self.points = points
    self.weights = weights
    self.clusters = clusters
    sums = [Double](repeating: 0, count: slices * clusters * (points.columns + 1))
    counted = [Int](repeating: -1, count: points.rows)
  }

  /// Counts every point where it is assigned now.
  mutating func move(to assignment: [Int], _ pool: ComputePool?) {
    let (points, weights, counted, d) = (points, weights, counted, points.columns)
    let width = clusters * (d + 1)
    let perSlice = (points.rows + slices - 1) / slices
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      nonisolated(unsafe) let all = base  // Slices are disjoint.
      forEachBlock(of: points.rows, blockSize: perSlice, on: pool) { rows in
        let slice = all + rows.lowerBound / perSlice * width
        for row in rows where counted[row] != assignment[row] {
          let point = points.base + row &* d
          let weight = Double(weights[row])
          if counted[row] >= 0 { add(point, -weight, to: slice + counted[row] &* (d &+ 1), d) }
          add(point, weight, to: slice + assignment[row] &* (d &+ 1), d)
        }
      }
    }
    self.counted = assignment
  }

  /// The weighted means; a cluster without weight takes one of the points farthest from their centres.
  func centers(previous: Matrix, farthest squared: [Float]) -> Matrix {
    let (d, width) = (points.columns, clusters * (points.columns + 1))
    var members = [Int](repeating: 0, count: clusters)
    for (row, cluster) in counted.enumerated() where weights[row] > 0 { members[cluster] += 1 }
    var centers = previous
    var farthest = topK(squared, k: clusters)[...]
    // Below this, what is left after points have gone is rounding.
    let leastMass = 1e-9 * Double(weights.max() ?? 0)
    for cluster in 0..<clusters {
      func total(_ column: Int) -> Double {
        (0..<slices).reduce(0) { $0 + sums[$1 * width + cluster * (d + 1) + column] }
      }
      if members[cluster] > 0 {
        let mass = total(d)
        if mass <= leastMass { continue }
        for column in 0..<d { centers[cluster, column] = Float(total(column) / mass) }
      } else if let point = farthest.popFirst(), squared[point] > 0 {
        for column in 0..<d { centers[cluster, column] = points[point][column] }
      }
    }
    return centers
  }
}

/// Adds `weight` times a point, and the weight behind it.
private func add(_ point: UnsafePointer<Float>, _ weight: Double, to target: UnsafeMutablePointer<Double>, _ d: Int) {
  for column in 0..<d { target[column] += weight * Double(point[column]) }
  target[d] += weight
}
