import Tensors

/// Keeps the first of each group of near-duplicates among items that arrive in the order of their rank.
///
/// Two items are near-duplicates where the cosine of their features lies above the threshold. Below 8 features unlike items
/// often point the same way by chance (above 0.98 every sixteenth pair of 2 features, all that share a sign of 1), so there
/// the ratio of their lengths must lie above the threshold too. Items without direction (all zeros, or a value that is no
/// number) are nobody's duplicates. Blocks of items are compared with what is kept by matrix products, so that no array is
/// larger than a block times a block.
struct NearDuplicates {
  /// What was left out, and for whom.
  private(set) var collapsed: [(item: Ranked, standIn: Int)] = []

  /// Items with their features brought to length 1.
  private struct Directions {
    var rows: [Int]
    var units: Matrix
    /// Lengths before; 0 for items without direction.
    var lengths: [Float]
  }

  private static let blockSize = 256
  private static let fewFeatures = 8
  private let features: MatrixView
  private let threshold: Float
  /// What is kept, in blocks.
  private var kept: [Directions] = []

  /// - Parameters:
  ///   - features: the whole feature matrix `(N, d)`.
  ///   - threshold: the cosine above which two items count as one.
  init(features: MatrixView, threshold: Float) {
    self.features = features
    self.threshold = threshold
  }

  /// Takes in further items, best first, and returns the first `limit` that duplicate nothing kept so far.
  ///
  /// Items after the last one kept are not examined.
  /// - Complexity: O(m·k·d) for `m` items and `k` kept; O(block²) space beside the unit vectors of what is kept.
  mutating func keep(_ items: [Ranked], limit: Int) -> [Ranked] {
    var result: [Ranked] = []
    var start = 0
    while start < items.count, result.count < limit {
      let end = min(start + Self.blockSize, items.count)
      result += keepBlock(Array(items[start..<end]), limit: limit - result.count)
      start = end
    }
    return result
  }

  private mutating func keepBlock(_ block: [Ranked], limit: Int) -> [Ranked] {
    let arriving = directions(of: block.map(\.row))
    var standIns = [Int?](repeating: nil, count: block.count)
    for earlier in kept {
      let cosines = cosines(arriving, earlier)
      for item in block.indices where standIns[item] == nil {
        let match = earlier.rows.indices.first {
          isDuplicate(cosines[item, $0], arriving.lengths[item], earlier.lengths[$0])
        }
        standIns[item] = match.map { earlier.rows[$0] }
      }
    }
    let cosines = cosines(arriving, arriving)
    var keptHere: [Int] = []
    for item in block.indices where keptHere.count < limit {
      let match = keptHere.first { isDuplicate(cosines[item, $0], arriving.lengths[item], arriving.lengths[$0]) }
      if let standIn = standIns[item] ?? match.map({ arriving.rows[$0] }) {
        collapsed.append((block[item], standIn))
      } else {
        keptHere.append(item)
      }
    }
    if keptHere.isEmpty { return [] }
    kept.append(
      Directions(
        rows: keptHere.map { arriving.rows[$0] }, units: arriving.units.gatherRows(keptHere),
        lengths: keptHere.map { arriving.lengths[$0] }))
    return keptHere.map { block[$0] }
  }

  private func isDuplicate(_ cosine: Float, _ length: Float, _ other: Float) -> Bool {
    guard cosine > threshold else { return false }
    return features.columns >= Self.fewFeatures || min(length, other) > threshold * max(length, other)
  }

  /// Cosines `(a, b)` of two blocks.
  private func cosines(_ a: Directions, _ b: Directions) -> Matrix {
    var result = Matrix(rows: a.rows.count, columns: b.rows.count)
    gemm(a.units.view, b.units.view, transposeB: true, into: &result)
    return result
  }

  /// Features at length 1; those of zeros, and those whose length is no finite number, become zeros.
  private func directions(of rows: [Int]) -> Directions {
    var units = features.gatherRows(rows)
    let columns = units.columns
    var lengths = [Float](repeating: 0, count: rows.count)
    units.withUnsafeMutableBufferPointer { values in
      for row in lengths.indices {
        let range = row * columns..<(row + 1) * columns
        // In double, so that lengths of very large and very small vectors neither overflow nor vanish.
        var squared = 0.0
        for index in range { squared += Double(values[index]) * Double(values[index]) }
        let scale = squared > 0 && squared.isFinite ? 1 / squared.squareRoot() : 0
        lengths[row] = scale == 0 ? 0 : Float(squared.squareRoot())
        for index in range { values[index] = scale == 0 ? 0 : Float(Double(values[index]) * scale) }
      }
    }
    return Directions(rows: rows, units: units, lengths: lengths)
  }
}
