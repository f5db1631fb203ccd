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
/// farthest from its own centre. Points that cannot have changed their cluster, by how far centres have moved, are not
/// compared again (Hamerly, 2010). Deterministic for a generator, whatever the number of threads.
/// - Parameters:
///   - points: `(n, d)`.
///   - clusters: `k`; at least 1. At most `n` centres are returned.
///   - weights: `(n)`, none negative; nil counts every point once. A point of weight 0 is assigned but moves no centre.
///   - maxIterations: a bound on the rounds; 20 is plenty for choosing batches.
/// - Complexity: O(iterations·n·k·d) at most, by matrix products; O(n + k·d) memory.
public func kMeans(
  _ points: MatrixView, clusters: Int, weights: [Float]? = nil, maxIterations: Int = 50,
  using generator: inout SeededGenerator, pool: ComputePool? = nil
) -> KMeansResult {
  precondition(clusters >= 1, "k-means needs at least one cluster")
  precondition(weights == nil || weights?.count == points.rows, "k-means needs one weight for each point")
  guard points.rows > 0 else {
    return KMeansResult(centers: Matrix(rows: 0, columns: points.columns), assignment: [], distances: [], iterations: 0)
  }
  let weights = weights ?? [Float](repeating: 1, count: points.rows)
  let start = kMeansPlusPlus(points, min(clusters, points.rows), weights, &generator, pool)
  var state = KMeansState(points: points, weights: weights, centers: points.gatherRows(start), pool: pool)
  _ = state.assign()
  var iterations = 0
  while iterations < maxIterations {
    iterations += 1
    state.moveCenters()
    if !state.assign() { break }
  }
  return KMeansResult(
    centers: state.centers, assignment: state.assignment.map(Int.init),
    distances: state.squaredDistances().map { $0.squareRoot() }, iterations: iterations)
}
