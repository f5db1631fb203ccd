private import Glibc

/// Chooses `k` distinct start points for k-means by greedy k-means++.
///
/// A candidate is drawn with probability proportional to its weight times its squared distance to what is chosen; of
/// `2 + ln k` candidates the one is taken that leaves the smallest sum of those. One candidate alone starts two centres
/// in one cluster too often.
/// Source: Arthur and Vassilvitskii, "k-means++", 2007, section 7 (the greedy variant).
/// - Complexity: O(n·k·d·log k); the points are read from memory `k` times.
func kMeansPlusPlus(
  _ points: MatrixView, _ k: Int, _ weights: [Float], _ generator: inout SeededGenerator, _ pool: ComputePool?
) -> [Int] {
  let trials = 2 + Int(log(Double(k)))
  var nearest = [Float](repeating: .infinity, count: points.rows)
  var free = [Bool](repeating: true, count: points.rows)
  var chosen: [Int] = []
  while chosen.count < k {
    var candidates: [Int] = []
    if !chosen.isEmpty {
      for _ in 0..<trials {
        guard let index = draw(free, { Double(weights[$0]) * Double(nearest[$0]) }, &generator) else { break }
        if !candidates.contains(index) { candidates.append(index) }
      }
    }
    if candidates.isEmpty {
      // The first draw, and draws among duplicates of what is chosen, go by weight; without any weight all are equal.
      let index = draw(free, { Double(weights[$0]) }, &generator) ?? draw(free, { _ in 1 }, &generator)
      guard let index else { break }
      candidates = [index]
    }
    let best = leastPotential(candidates, points, weights, &nearest, pool)
    chosen.append(best)
    free[best] = false
  }
  return chosen
}

/// The candidate after which the weighted sum of squared distances is smallest; `nearest` is updated for it.
private func leastPotential(
  _ candidates: [Int], _ points: MatrixView, _ weights: [Float], _ nearest: inout [Float], _ pool: ComputePool?
) -> Int {
  let (n, blockSize) = (points.rows, 1024)
  let blocks = (n + blockSize - 1) / blockSize
  // One row of distances and of partial sums for each candidate; blocks of points are summed in order.
  var distances = [Float](repeating: 0, count: candidates.count * n)
  var sums = [Double](repeating: 0, count: candidates.count * blocks)
  distances.withUnsafeMutableBufferPointer { distances in
    sums.withUnsafeMutableBufferPointer { sums in
      nearest.withUnsafeBufferPointer { nearest in
        nonisolated(unsafe) let (distances, sums, nearest) = (distances, sums, nearest)  // Blocks are disjoint.
        forEachBlock(of: n, blockSize: blockSize, on: pool) { rows in
          for row in rows {
            let point = points.base + row * points.columns
            for (trial, candidate) in candidates.enumerated() {
              let center = points.base + candidate * points.columns
              let distance = min(nearest[row], squaredDistance(point, center, count: points.columns))
              distances[trial * n + row] = distance
              sums[trial * blocks + rows.lowerBound / blockSize] += Double(weights[row]) * Double(distance)
            }
          }
        }
      }
    }
  }
  let potentials = candidates.indices.map { sums[$0 * blocks..<($0 + 1) * blocks].reduce(0, +) }
  let best = potentials.indices.min { potentials[$0] < potentials[$1] } ?? 0
  nearest = Array(distances[best * n..<(best + 1) * n])
  return candidates[best]
}

/// Draws one free index with probability proportional to `mass`; nil where no free index has any.
private func draw(_ free: [Bool], _ mass: (Int) -> Double, _ generator: inout SeededGenerator) -> Int? {
  var total = 0.0
  for index in free.indices where free[index] { total += mass(index) }
  guard total > 0, total.isFinite else { return nil }
  var rest = Double(generator.next() &>> 11) * 0x1p-53 * total
  var last: Int?
  for index in free.indices where free[index] {
    let share = mass(index)
    if share <= 0 { continue }
    last = index
    rest -= share
    if rest < 0 { break }
  }
  return last
}
