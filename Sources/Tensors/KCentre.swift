/// Points whose distances are kept exact from centre to centre; all others have bounds.
private let activePoints = 4096
/// Rows per block of products.
private let rowsPerBlock = 512

/// A point chosen by ``kCentre(_:count:among:covered:first:pool:)``.
public struct KCentreChoice: Sendable, Hashable {
  /// The point's row.
  public let row: Int
  /// Its Euclidean distance to what was covered or chosen before it; infinite for a first choice with nothing covered.
  public let distance: Float
}

/// Chooses points so that every point is near to one of them: again and again the one farthest from all chosen so far.
///
/// The greedy solution is within twice the optimal radius. It is found exactly, without reading all points for each choice:
/// distances only fall, so that while the farthest of a few thousand leading points is farther than the bound of all others,
/// it is the farthest of all. Only when the leaders fall below that bound are all points compared with the choices made since,
/// in one product.
/// Source: Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985; as a core-set, Sener and Savarese, 2018.
/// - Parameters:
///   - points: `(n, d)`.
///   - count: how many to choose; at most as many as there are candidates.
///   - candidates: rows that may be chosen, distinct.
///   - covered: rows that count as chosen already.
///   - first: the position in `candidates` to begin with where nothing is covered.
/// - Returns: the choices in order, with falling distances; of candidates as far as each other, an earlier one.
/// - Complexity: O(m·(count + covered)·d) for `m` candidates, by products of blocks; O(m) space.
public func kCentre(
  _ points: MatrixView, count: Int, among candidates: [Int], covered: [Int] = [], first: Int = 0,
  pool: ComputePool? = nil
) -> [KCentreChoice] {
  let count = min(count, candidates.count)
  guard count > 0 else { return [] }
  var search = KCentreSearch(points: points, candidates: candidates, pool: pool)
  if covered.isEmpty {
    search.choose(position: first, squaredDistance: .infinity)
    search.compareWithPending()
  } else {
    for start in stride(from: 0, to: covered.count, by: rowsPerBlock) {
      search.compare(with: points.gatherRows(Array(covered[start..<min(covered.count, start + rowsPerBlock)])))
    }
  }
  while search.choices.count < count { search.chooseAmongLeaders(upTo: count) }
  return search.choices
}

private struct KCentreSearch {
  let points: MatrixView
  let candidates: [Int]
  let pool: ComputePool?
  private(set) var choices: [KCentreChoice] = []
  /// Squared distances of the candidates to what was chosen before `pending`; minus infinity for the chosen.
  private var nearest: [Float]
  /// Positions of choices that not all candidates are compared with yet.
  private var pending: [Int] = []

  init(points: MatrixView, candidates: [Int], pool: ComputePool?) {
    self.points = points
    self.candidates = candidates
    self.pool = pool
    nearest = [Float](repeating: .infinity, count: candidates.count)
  }

  mutating func choose(position: Int, squaredDistance: Float) {
    choices.append(KCentreChoice(row: candidates[position], distance: squaredDistance.squareRoot()))
    pending.append(position)
    nearest[position] = -.infinity
  }

  /// Chooses while the farthest of all is surely among the points that are farthest now: at least one, the farthest of them.
  mutating func chooseAmongLeaders(upTo count: Int) {
    let leaders = topK(nearest, k: min(candidates.count, activePoints)).sorted()
    let rows = points.gatherRows(leaders.map { candidates[$0] })
    var distances = leaders.map { nearest[$0] }
    // What the others can't exceed.
    let bound = leaders.count == candidates.count ? -.infinity : distances.min() ?? -.infinity
    while choices.count < count {
      let best = distances.indices.max { distances[$0] < distances[$1] || (distances[$0] == distances[$1] && $0 > $1) }
      guard let best, distances[best] > -.infinity else { break }
      if distances[best] < bound { break }
      choose(position: leaders[best], squaredDistance: distances[best])
      distances[best] = -.infinity
      let view = rows.view
      let centre = view.base + best * view.columns
      for index in distances.indices where distances[index] > 0 {
        let distance = squaredDistance(view.base + index * view.columns, centre, count: view.columns)
        if distance < distances[index] { distances[index] = distance }
      }
    }
    compareWithPending()
  }

  mutating func compareWithPending() {
    compare(with: points.gatherRows(pending.map { candidates[$0] }))
    pending = []
  }

  /// Lowers the distances of all candidates to those of new centres `(k, d)`.
  mutating func compare(with centres: Matrix) {
    let (points, candidates) = (points, candidates)
    let norms = squaredNorms(centres.view)
    nearest.withUnsafeMutableBufferPointer { nearest in
      nonisolated(unsafe) let nearest = nearest  // Blocks write disjoint elements.
      forEachBlock(of: candidates.count, blockSize: rowsPerBlock, on: pool) { range in
        let contiguous = candidates[range.upperBound - 1] - candidates[range.lowerBound] == range.count - 1
        let ascending = contiguous && range.dropFirst().allSatisfy { candidates[$0] == candidates[$0 - 1] + 1 }
        let block =
          ascending
          ? points.rowRange(candidates[range.lowerBound]..<candidates[range.lowerBound] + range.count)
          : points.gatherRows(Array(candidates[range])).view
        withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count * centres.rows) { scratch in
          guard let table = scratch.baseAddress else { return }
          squaredDistanceBlock(block, centres.view, norms, into: table)
          for offset in 0..<range.count {
            let row = table + offset &* centres.rows
            var least = nearest[range.lowerBound &+ offset]
            if least <= 0 { continue }
            for centre in 0..<centres.rows where row[centre] < least { least = row[centre] }
            nearest[range.lowerBound &+ offset] = least
          }
        }
      }
    }
  }
}

/// The same by comparing every candidate with every choice, one after the other; what ``kCentre(_:count:among:covered:first:pool:)``
/// is tested against.
public func referenceKCentre(
  _ points: MatrixView, count: Int, among candidates: [Int], covered: [Int] = [], first: Int = 0
) -> [KCentreChoice] {
  var choices: [KCentreChoice] = []
  while choices.count < min(count, candidates.count) {
    let centres = covered + choices.map(\.row)
    if centres.isEmpty {
      choices.append(KCentreChoice(row: candidates[first], distance: .infinity))
      continue
    }
    let open = candidates.filter { row in !choices.contains { $0.row == row } }
    let distances = open.map { row in centres.map { squaredDistance(points[row], points[$0]) }.min() ?? .infinity }
    let best = distances.indices.max { distances[$0] < distances[$1] || (distances[$0] == distances[$1] && $0 > $1) }
    guard let best else { break }
    choices.append(KCentreChoice(row: open[best], distance: distances[best].squareRoot()))
  }
  return choices
}
