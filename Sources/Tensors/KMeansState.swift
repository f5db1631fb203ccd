/// Points per block; a multiple of the 16 lanes.
private let block = 512
/// Points are added up in so many slices, in order, so that threads cannot change the result.
private let slices = 16

/// k-means between two rounds: who belongs where, and how sure that is.
struct KMeansState {
  let points: MatrixView
  let weights: [Float]
  let pool: ComputePool?
  private(set) var centers: Matrix
  /// The cluster of every point, `(n)`; -1 before the first assignment.
  private(set) var assignment: [Int32]
  /// The cluster of every point that ``sums`` counts it in, `(n)`.
  private var counted: [Int32]
  /// At least the distance of a point to its own centre, `(n)`.
  private var upper: [Float]
  /// At most the distance of a point to any other centre, `(n)`.
  private var lower: [Float]
  /// For every cluster the weighted sums of its points and their total weight, `(k, d + 1)`.
  private var sums: [Double]
  /// For every cluster the points of ``sums`` that have a weight, `(k)`: whether it is empty does not depend on rounding.
  private var members: [Int]

  init(points: MatrixView, weights: [Float], centers: Matrix, pool: ComputePool?) {
    self.points = points
    self.weights = weights
    self.pool = pool
    self.centers = centers
    assignment = [Int32](repeating: -1, count: points.rows)
    counted = assignment
    upper = [Float](repeating: .infinity, count: points.rows)
    lower = [Float](repeating: 0, count: points.rows)
    sums = [Double](repeating: 0, count: centers.rows * (points.columns + 1))
    members = [Int](repeating: 0, count: centers.rows)
  }

  /// Gives every point to its nearest centre, of equally near ones the first; returns whether any point has changed.
  mutating func assign() -> Bool {
    let (points, centers) = (points, centers.view)
    let norms = squaredNorms(centers)
    let blocks = (points.rows + block - 1) / block
    var changed = [Bool](repeating: false, count: blocks)
    assignment.withUnsafeMutableBufferPointer { assignment in
      upper.withUnsafeMutableBufferPointer { upper in
        lower.withUnsafeMutableBufferPointer { lower in
          changed.withUnsafeMutableBufferPointer { changed in
            // Blocks write disjoint elements.
            nonisolated(unsafe) let (assignment, upper, lower, changed) = (assignment, upper, lower, changed)
            forEachBlock(of: points.rows, blockSize: block, on: pool) { rows in
              var doubtful: [Int] = []
              for row in rows where !(upper[row] < lower[row]) {
                if assignment[row] >= 0 {
                  let own = centers.base + Int(assignment[row]) &* centers.columns
                  let point = points.base + row &* points.columns
                  upper[row] = squaredDistance(point, own, count: points.columns).squareRoot()
                  if upper[row] < lower[row] { continue }
                }
                doubtful.append(row)
              }
              if doubtful.isEmpty { return }
              compare(doubtful, of: rows, points, centers, norms) { row, nearest, distance, second in
                if assignment[row] != nearest {
                  assignment[row] = nearest
                  changed[rows.lowerBound / block] = true
                }
                upper[row] = distance
                lower[row] = second
              }
            }
          }
        }
      }
    }
    return changed.contains(true)
  }

  /// Moves every centre to the weighted mean of its points.
  mutating func moveCenters() {
    countChanges()
    let (k, d) = (centers.rows, points.columns)
    let before = centers
    var farthest: ArraySlice<Int>?
    // Below this, what is left after points have gone is rounding.
    let leastMass = 1e-9 * Double(weights.max() ?? 0)
    for cluster in 0..<k {
      let start = cluster * (d + 1)
      if members[cluster] > 0 {
        let mass = sums[start + d]
        if mass <= leastMass { continue }
        for column in 0..<d { centers[cluster, column] = Float(sums[start + column] / mass) }
        continue
      }
      if farthest == nil {
        let squared = squaredDistances(to: before)
        farthest = topK(squared, k: k).filter { squared[$0] > 0 }[...]
      }
      guard let point = farthest?.popFirst() else { continue }
      for column in 0..<d { centers[cluster, column] = points[point][column] }
    }
    loosenBounds(before)
  }

  /// The squared distance of every point to its centre, `(n)`, without cancellation.
  func squaredDistances() -> [Float] { squaredDistances(to: centers) }

  private func squaredDistances(to centers: Matrix) -> [Float] {
    let (points, centers) = (points, centers.view)
    var distances = [Float](repeating: 0, count: points.rows)
    distances.withUnsafeMutableBufferPointer { distances in
      assignment.withUnsafeBufferPointer { assignment in
        nonisolated(unsafe) let (distances, assignment) = (distances, assignment)  // Blocks write disjoint elements.
        forEachBlock(of: points.rows, blockSize: block, on: pool) { rows in
          for row in rows {
            let own = centers.base + Int(assignment[row]) &* centers.columns
            distances[row] = squaredDistance(points.base + row &* points.columns, own, count: points.columns)
          }
        }
      }
    }
    return distances
  }

  /// Takes points that have changed their cluster out of the sums of the old one and into those of the new one.
  private mutating func countChanges() {
    for row in 0..<points.rows where counted[row] != assignment[row] && weights[row] > 0 {
      if counted[row] >= 0 { members[Int(counted[row])] -= 1 }
      members[Int(assignment[row])] += 1
    }
    let (points, weights, d) = (points, weights, points.columns)
    let width = sums.count
    let perSlice = (points.rows + slices - 1) / slices
    var parts = [Double](repeating: 0, count: slices * width)
    parts.withUnsafeMutableBufferPointer { parts in
      counted.withUnsafeMutableBufferPointer { counted in
        assignment.withUnsafeBufferPointer { assignment in
          nonisolated(unsafe) let (parts, counted, assignment) = (parts, counted, assignment)  // Slices are disjoint.
          forEachBlock(of: points.rows, blockSize: perSlice, on: pool) { rows in
            guard let base = parts.baseAddress else { return }
            let slice = base + rows.lowerBound / perSlice * width
            for row in rows where counted[row] != assignment[row] {
              let point = points.base + row &* d
              let weight = Double(weights[row])
              if counted[row] >= 0 { add(point, -weight, d, to: slice + Int(counted[row]) &* (d &+ 1)) }
              add(point, weight, d, to: slice + Int(assignment[row]) &* (d &+ 1))
              counted[row] = assignment[row]
            }
          }
        }
      }
      for slice in 0..<slices {
        for index in 0..<width { sums[index] += parts[slice &* width &+ index] }
      }
    }
    for cluster in members.indices where members[cluster] == 0 {
      for index in cluster * (d + 1)..<(cluster + 1) * (d + 1) { sums[index] = 0 }
    }
  }

  /// Widens the bounds by how far the centres have moved since `before`.
  ///
  /// A little more than that: bounds must hold in spite of rounding.
  private mutating func loosenBounds(_ before: Matrix) {
    let (old, new) = (before.view, centers.view)
    let moves = (0..<new.rows).map { squaredDistance(old[$0], new[$0]).squareRoot() }
    let furthest = topK(moves, k: 2)
    for row in 0..<points.rows {
      let own = Int(assignment[row])
      let other = furthest[0] == own ? (furthest.count > 1 ? moves[furthest[1]] : 0) : moves[furthest[0]]
      upper[row] = (upper[row] + moves[own]) * 1.000_001
      lower[row] = (lower[row] - other) * 0.999_999
    }
  }
}

/// Adds `weight` times a point, and `weight` itself behind it.
private func add(_ point: UnsafePointer<Float>, _ weight: Double, _ d: Int, to sums: UnsafeMutablePointer<Double>) {
  for column in 0..<d { sums[column] += weight * Double(point[column]) }
  sums[d] += weight
}

/// Compares some points of a block with all centres; `found` gets the nearest, its distance, and that of the next.
private func compare(
  _ chosen: [Int], of rows: Range<Int>, _ points: MatrixView, _ centers: MatrixView, _ norms: [Float],
  _ found: (_ row: Int, _ nearest: Int32, _ distance: Float, _ second: Float) -> Void
) {
  // Above half of the block, products of rows that nobody asked for cost less than copies of those that somebody did.
  let isCopied = chosen.count <= rows.count / 2
  let copy = isCopied ? points.gatherRows(chosen) : nil
  let compared = copy?.view ?? points.rowRange(rows)
  let k = centers.rows
  withUnsafeTemporaryAllocation(of: Float.self, capacity: compared.rows * k) { scratch in
    guard let products = scratch.baseAddress else { return }
    gemm(
      m: compared.rows, n: k, k: compared.columns, alpha: -2, compared.base, leadingA: compared.columns, centers.base,
      leadingB: centers.columns, transposeB: true, into: products, leadingC: k)
    norms.withUnsafeBufferPointer { norms in
      for (position, row) in chosen.enumerated() {
        let values = products + (isCopied ? position : row - rows.lowerBound) &* k
        var (best, nearest, second) = (0, Float.infinity, Float.infinity)
        for center in 0..<k {
          let value = values[center] + norms[center]
          if value < second {
            if value < nearest {
              (second, nearest, best) = (nearest, value, center)
            } else {
              second = value
            }
          }
        }
        let point = points.base + row &* points.columns
        let norm = dot(point, point, count: points.columns)
        found(row, Int32(best), max(0, nearest + norm).squareRoot(), max(0, second + norm).squareRoot())
      }
    }
  }
}
