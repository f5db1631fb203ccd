import Tensors

/// A point of a cluster with its typicality.
struct Typical {
  /// The point's position among the clustered points.
  let point: Int
  /// `1 / (1 + mean distance to the nearest neighbours)`, in `0...1`; higher where the cluster is denser.
  let typicality: Float
}

/// Points of a cluster beyond this many are represented by a sample, so that a cluster of everything stays affordable.
private let maximumMembers = 2048

/// Ranks the points of one cluster by typicality, the most typical first.
///
/// Neighbours are sought within the cluster. Of a cluster beyond 2,048 points a sample is ranked, among its own; the others
/// follow with typicality 0.
/// - Parameters:
///   - members: positions in `points` of the cluster's members.
///   - points: all clustered points, `(m, d)`.
///   - neighbours: how many nearest neighbours the mean distance is over; fewer in a smaller cluster.
///   - order: a random order of points, for the sample and for ties.
/// - Complexity: O(s²·d), `s = min(members, 2048)`; O(s·neighbours) space beside the blocks of the neighbour search.
func typicalities(
  of members: [Int], in points: Matrix, neighbours: Int, order: (Int) -> UInt64
) -> [Typical] {
  let shuffled = members.map { (point: $0, order: order($0)) }.sorted { ($0.order, $0.point) < ($1.order, $1.point) }
  let sampled = shuffled.prefix(maximumMembers).map(\.point)
  let rest = shuffled.dropFirst(maximumMembers).map { Typical(point: $0.point, typicality: 0) }
  let within = min(neighbours, sampled.count - 1)
  guard within > 0 else { return sampled.map { Typical(point: $0, typicality: 1) } + rest }

  let cluster = points.gatherRows(sampled)
  let found = nearestNeighbours(cluster.view, among: cluster.view, k: within + 1, pool: .shared)
  var ranked: [Typical] = []
  for (position, point) in sampled.enumerated() {
    // The point finds itself, unless more than `within` others coincide with it: then one of those is left out instead.
    let itself = found.indices[position].firstIndex(of: position) ?? within
    var sum: Float = 0
    for (place, squared) in found.squaredDistances[position].enumerated() where place != itself {
      sum += squared.squareRoot()
    }
    ranked.append(Typical(point: point, typicality: 1 / (1 + sum / Float(within))))
  }
  // The sample is in random order: that breaks ties.
  let best = ranked.indices.sorted { left, right in
    let (a, b) = (ranked[left].typicality, ranked[right].typicality)
    return a != b ? a > b : left < right
  }
  return best.map { ranked[$0] } + rest
}
