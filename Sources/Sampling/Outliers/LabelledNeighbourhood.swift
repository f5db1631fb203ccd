import Tensors

/// Calls `body` with the nearest rows of `reference` for each candidate, a few thousand candidates at a time.
///
/// - Parameters:
///   - candidates: rows of `features`, `(n)`.
///   - features: the whole matrix, `(N, d)`.
///   - reference: rows to search among, `(m, d)`.
///   - k: neighbours of each; fewer where the reference is smaller.
///   - body: takes the position in `candidates`, then indices into `reference` and squared distances, nearest first.
/// - Complexity: O(n·m·d) time by matrix products; O(4096·(d + k) + m) space.
func forEachNeighbourhood(
  of candidates: [Int], in features: MatrixView, among reference: MatrixView, k: Int, pool: ComputePool?,
  _ body: (_ position: Int, _ indices: [Int], _ squaredDistances: [Float]) -> Void
) {
  let blockSize = 4096
  for start in stride(from: 0, to: candidates.count, by: blockSize) {
    let block = Array(candidates[start..<min(start + blockSize, candidates.count)])
    let found = nearestNeighbours(features.gatherRows(block).view, among: reference, k: k, pool: pool)
    for offset in block.indices { body(start + offset, found.indices[offset], found.squaredDistances[offset]) }
  }
}

/// How far labels agree with their surroundings: for each labelled row the share of its nearest labelled rows of its class.
///
/// A class that is rare but forms a neighbourhood of its own is learnable, though few models have seen enough of it.
/// - Parameter k: neighbours asked, the row itself left out; fewer where there are fewer.
/// - Returns: `a_i`, `(L)`, 0 where there is a single label.
/// - Complexity: O(L²·d).
func labelAgreement(_ evidence: LearnabilityEvidence, neighbours k: Int, pool: ComputePool?) -> [Float] {
  let (rows, classes) = (evidence.labelledRows, evidence.labelledClasses)
  let reference = evidence.features.gatherRows(rows)
  var result = [Float](repeating: 0, count: rows.count)
  forEachNeighbourhood(of: rows, in: evidence.features, among: reference.view, k: k + 1, pool: pool) {
    position, indices, _ in
    let others = indices.filter { $0 != position }.prefix(k)
    guard !others.isEmpty else { return }
    let same = others.filter { classes[$0] == classes[position] }.count
    result[position] = Float(same) / Float(others.count)
  }
  return result
}
