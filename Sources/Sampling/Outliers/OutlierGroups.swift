import Tensors

/// Excluded rows beyond this many are grouped by the centres of a sample.
private let sampleLimit = 4096
private let representativeCount = 5

/// Clusters rows so that a person can judge them group by group.
///
/// The number of groups, 2 to 12 and at most √(n/2), is the one of the greatest mean simplified silhouette (distance to the
/// nearest other centre against distance to the own one; Hruschka et al., 2004). Rows that do not fall apart, with a
/// silhouette below 0.4 throughout (a single normal cloud reaches 0.3), are one group.
/// - Returns: groups without empty ones, the largest first.
/// - Complexity: O(n·k·d), `k ≤ 12`, by matrix products.
func outlierGroups(
  _ rows: [Int], in features: MatrixView, using generator: inout SeededGenerator, pool: ComputePool?
) -> [OutlierGroup] {
  guard !rows.isEmpty else { return [] }
  var sampled = rows
  if rows.count > sampleLimit {
    generator.shuffle(&sampled)
    sampled.removeSubrange(sampleLimit...)
  }
  let points = features.gatherRows(sampled)
  let most = min(12, Int((Double(sampled.count) / 2).squareRoot()))
  var best: (centers: Matrix, silhouette: Double)?
  if most >= 2 {
    for k in 2...most {
      let result = kMeans(points.view, clusters: k, maxIterations: 30, using: &generator, pool: pool)
      let silhouette = simplifiedSilhouette(points, result, pool: pool)
      if silhouette > max(0.4, best?.silhouette ?? 0) { best = (result.centers, silhouette) }
    }
  }
  var members: [[(row: Int, distance: Float)]]
  if let best {
    members = .init(repeating: [], count: best.centers.rows)
    forEachNeighbourhood(of: rows, in: features, among: best.centers.view, k: 1, pool: pool) {
      place, indices, squared in
      members[indices[0]].append((rows[place], squared[0]))
    }
  } else {
    let center = kMeans(points.view, clusters: 1, maxIterations: 1, using: &generator, pool: pool).centers
    members = [[]]
    forEachNeighbourhood(of: rows, in: features, among: center.view, k: 1, pool: pool) { place, _, squared in
      members[0].append((rows[place], squared[0]))
    }
  }
  return members.filter { !$0.isEmpty }.map { group in
    let medoid = group.min { $0.distance == $1.distance ? $0.row < $1.row : $0.distance < $1.distance }
    return OutlierGroup(
      rows: group.map(\.row).sorted(),
      representatives: spread(group.map(\.row).sorted(), from: medoid?.row ?? group[0].row, in: features))
  }.sorted { $0.rows.count == $1.rows.count ? $0.rows[0] < $1.rows[0] : $0.rows.count > $1.rows.count }
}

/// The mean over points of `1 − own distance / distance to the nearest other centre`, in `0...1`.
private func simplifiedSilhouette(_ points: Matrix, _ clusters: KMeansResult, pool: ComputePool?) -> Double {
  guard clusters.centers.rows >= 2, points.rows > 0 else { return 0 }
  let found = nearestNeighbours(points.view, among: clusters.centers.view, k: 2, pool: pool)
  var sum = 0.0
  for squared in found.squaredDistances where squared[1] > 0 {
    sum += 1 - Double(squared[0] / squared[1]).squareRoot()
  }
  return sum / Double(points.rows)
}

/// A first row, then four times the one farthest from those taken; at most as many as differ.
private func spread(_ rows: [Int], from first: Int, in features: MatrixView) -> [Int] {
  var chosen = [first]
  var nearest = [Float](repeating: .infinity, count: rows.count)
  while chosen.count < min(representativeCount, rows.count) {
    var farthest = (place: 0, distance: Float(0))
    for (place, row) in rows.enumerated() {
      nearest[place] = min(nearest[place], squaredDistance(features[row], features[chosen[chosen.count - 1]]))
      if nearest[place] > farthest.distance { farthest = (place, nearest[place]) }
    }
    if farthest.distance == 0 { break }
    chosen.append(rows[farthest.place])
  }
  return chosen
}
