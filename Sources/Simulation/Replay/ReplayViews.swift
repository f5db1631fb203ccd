public import Features
import Tensors

/// How rows of a pool are changed to further views of the same items.
public enum ReplayViews: Sendable {
  /// Rows are pixels: shifts, turns, zooms and changes of contrast.
  case pixels(ImageShape)
  /// Rows are numbers: noise, and numbers put to their mean, in deviations of each column.
  case numbers
  /// Rows come from these items, which are changed before they are made to features where they are texts.
  case items([RawItem], AnyFeaturizer)

  /// `k` views of the rows at `rows` of a pool, `(k·n, d)`: all rows as they are, then all rows changed once, and so on.
  func views(of rows: [Int], in pool: MatrixView, count: Int, seed: UInt64) throws -> Matrix {
    let originals = pool.gatherRows(rows)
    switch self {
    case .items(let items, let featurizer):
      if featurizer.kind == .text, rows.allSatisfy({ $0 < items.count }) {
        return try featurizer.views(of: rows.map { items[$0] }, ids: rows, count: count, seed: seed)
      }
      return featurizer.views(ofRows: originals.view, ids: rows, count: count, seed: seed)
    case .pixels(let shape):
      return Self.changed(originals, rows: rows, count: count, seed: seed) { row, result, generator in
        ImageAugmentation().view(
          of: row, height: shape.height, width: shape.width, channels: shape.channels, into: result, using: &generator)
      }
    case .numbers:
      let spread = ColumnSpread(of: pool)
      return Self.changed(originals, rows: rows, count: count, seed: seed) { row, result, generator in
        spread.view(of: row, into: result, using: &generator)
      }
    }
  }

  private static func changed(
    _ originals: Matrix, rows: [Int], count: Int, seed: UInt64,
    _ change: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, inout SeededGenerator) -> Void
  ) -> Matrix {
    let (n, d) = (originals.rows, originals.columns)
    var all = Matrix(rows: count * n, columns: d)
    all.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress else { return }
      for view in 0..<count {
        for (position, row) in rows.enumerated() {
          let (source, place) = (originals.view.base + position * d, base + (view * n + position) * d)
          if view == 0 {
            place.update(from: source, count: d)
          } else {
            var generator = SeededGenerator(seed: seed &+ UInt64(view), stream: UInt64(row))
            change(source, place, &generator)
          }
        }
      }
    }
    return all
  }
}

/// The mean and the standard deviation of every column of a pool.
private struct ColumnSpread {
  private let mean: [Float]
  private let deviation: [Float]

  init(of pool: MatrixView) {
    var sums = [Double](repeating: 0, count: pool.columns)
    var squares = sums
    for row in 0..<pool.rows {
      for (column, value) in pool[row].enumerated() {
        sums[column] += Double(value)
        squares[column] += Double(value) * Double(value)
      }
    }
    let n = Double(max(1, pool.rows))
    mean = sums.map { Float($0 / n) }
    deviation = zip(sums, squares).map { Float(max(0, $1 / n - $0 / n * ($0 / n)).squareRoot()) }
  }

  func view(
    of row: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator
  ) {
    let standard = mean.indices.map { deviation[$0] > 0 ? (row[$0] - mean[$0]) / deviation[$0] : 0 }
    standard.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      VectorAugmentation().view(of: base, count: standard.count, into: result, using: &generator)
    }
    for column in mean.indices { result[column] = result[column] * deviation[column] + mean[column] }
  }
}
