private import Glibc

/// Chooses `k` distinct start points for k-means by greedy k-means++.
///
/// A candidate is drawn with probability proportional to its weight times its squared distance to what is chosen; of
/// `2 + ln k` candidates the one is taken that leaves the smallest sum of those. One candidate alone starts two centres
/// in one cluster too often.
/// Source: Arthur and Vassilvitskii, "k-means++", 2007, section 7 (the greedy variant).
/// Among many points it chooses from a sample of 64 for each centre, drawn at even steps from random starts: centres move
/// anyway, and the whole would be read from memory `k` times.
/// - Complexity: O(min(n, 64·k)·k·d·log k), by matrix products.
func kMeansPlusPlus(
  _ points: MatrixView, _ k: Int, _ weights: [Float], _ generator: inout SeededGenerator, _ pool: ComputePool?
) -> [Int] {
  let size = max(8192, 64 * k)
  if points.rows > 2 * size {
    let sample = (0..<size).map { place in
      let (first, end) = (place * points.rows / size, (place + 1) * points.rows / size)
      return first + generator.index(below: end - first)
    }
    let start = kMeansPlusPlus(
      points.gatherRows(sample).view, k, sample.map { weights[$0] }, &generator, pool)
    return start.map { sample[$0] }
  }
  let trials = 2 + Int(log(Double(k)))
  var start = KMeansStart(points: points, weights: weights)
  while start.chosen.count < k {
    var candidates: [Int] = []
    if !start.chosen.isEmpty {
      for _ in 0..<trials {
        guard let index = start.drawByDistance(&generator) else { break }
        if !candidates.contains(index) { candidates.append(index) }
      }
    }
    if candidates.isEmpty {
      // The first draw, and draws among duplicates of what is chosen, go by weight alone.
      guard let index = start.drawByWeight(&generator) else { break }
      candidates = [index]
    }
    start.takeBest(of: candidates, pool)
  }
  return start.chosen
}

/// The points chosen so far, and how far all others are from them.
private struct KMeansStart {
  let points: MatrixView
  let weights: [Float]
  private(set) var chosen: [Int] = []
  /// Squared distances to the nearest chosen point, `(n)`; 0 for the chosen.
  private var nearest: [Float]
  private var isChosen: [Bool]
  /// Weight times `nearest`, summed over each block of points.
  private var masses: [Double] = []
  private let blockSize = 512
  private let norms: [Float]

  init(points: MatrixView, weights: [Float]) {
    self.points = points
    self.weights = weights
    norms = squaredNorms(points)
    nearest = [Float](repeating: .infinity, count: points.rows)
    isChosen = [Bool](repeating: false, count: points.rows)
  }

  /// Draws a point by weight times squared distance: first a block by its mass, then a point in it.
  func drawByDistance(_ generator: inout SeededGenerator) -> Int? {
    guard let block = Self.draw(0..<masses.count, &generator, { masses[$0] }) else { return nil }
    let rows = block * blockSize..<min(points.rows, (block + 1) * blockSize)
    return Self.draw(rows, &generator) { Double(weights[$0]) * Double(nearest[$0]) }
  }

  /// Draws a point that is not chosen yet by its weight, or uniformly where none of them has any.
  func drawByWeight(_ generator: inout SeededGenerator) -> Int? {
    Self.draw(0..<points.rows, &generator) { isChosen[$0] ? 0 : Double(weights[$0]) }
      ?? Self.draw(0..<points.rows, &generator) { isChosen[$0] ? 0 : 1 }
  }

  /// Draws one of `range` with probability proportional to its mass; nil where none has any.
  private static func draw(
    _ range: Range<Int>, _ generator: inout SeededGenerator, _ mass: (Int) -> Double
  ) -> Int? {
    let total = range.reduce(0) { $0 + mass($1) }
    guard total > 0, total.isFinite else { return nil }
    var rest = Double(generator.next() &>> 11) * 0x1p-53 * total
    var last: Int?
    for index in range {
      let share = mass(index)
      if share <= 0 { continue }
      last = index
      rest -= share
      if rest < 0 { break }
    }
    return last
  }

  /// Chooses the candidate after which the weighted sum of squared distances is smallest.
  mutating func takeBest(of candidates: [Int], _ pool: ComputePool?) {
    let (n, trials, blockSize, points, weights) = (points.rows, candidates.count, blockSize, points, weights)
    let centers = points.gatherRows(candidates)
    let ownNorms = norms
    let norms = squaredNorms(centers.view)
    let blocks = (n + blockSize - 1) / blockSize
    // One row of distances and of block sums for each candidate.
    var distances = [Float](repeating: 0, count: trials * n)
    var sums = [Double](repeating: 0, count: trials * blocks)
    distances.withUnsafeMutableBufferPointer { distances in
      sums.withUnsafeMutableBufferPointer { sums in
        nearest.withUnsafeBufferPointer { nearest in
          nonisolated(unsafe) let (distances, sums, nearest) = (distances, sums, nearest)  // Blocks are disjoint.
          forEachBlock(of: n, blockSize: blockSize, on: pool) { rows in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * trials) { scratch in
              guard let table = scratch.baseAddress else { return }
              ownNorms.withUnsafeBufferPointer { ownNorms in
                squaredDistanceBlock(
                  points.rowRange(rows), centers.view, norms,
                  ownNorms: ownNorms.baseAddress.map { $0 + rows.lowerBound },
                  into: table)
              }
              for trial in 0..<trials {
                var sum = 0.0
                for row in rows {
                  let distance = min(nearest[row], table[(row &- rows.lowerBound) &* trials &+ trial])
                  distances[trial &* n &+ row] = distance
                  sum += Double(weights[row]) * Double(distance)
                }
                sums[trial * blocks + rows.lowerBound / blockSize] = sum
              }
            }
          }
        }
      }
    }
    let potentials = candidates.indices.map { sums[$0 * blocks..<($0 + 1) * blocks].reduce(0, +) }
    let best = potentials.indices.min { potentials[$0] < potentials[$1] } ?? 0
    nearest = Array(distances[best * n..<(best + 1) * n])
    masses = Array(sums[best * blocks..<(best + 1) * blocks])
    let point = candidates[best]
    // Products leave a rounding error where the distance is 0: a chosen point must never be drawn again.
    masses[point / blockSize] -= Double(weights[point]) * Double(nearest[point])
    nearest[point] = 0
    isChosen[point] = true
    chosen.append(point)
  }
}
