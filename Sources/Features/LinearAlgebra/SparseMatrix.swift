internal import Tensors

/// A sparse float32 matrix in rows: the positions and weights of each row one after the other.
struct SparseMatrix: Sendable {
  let columns: Int
  /// Where each row starts in `positions` and `weights`, and where the last ends: `rows + 1` numbers.
  private(set) var starts: [Int] = [0]
  private(set) var positions: [Int32] = []
  private(set) var weights: [Float] = []

  var rows: Int { starts.count - 1 }

  init(columns: Int) { self.columns = columns }

  /// Appends a row that `fill` writes to the end of the two lists.
  mutating func appendRow(_ fill: (inout [Int32], inout [Float]) -> Void) {
    fill(&positions, &weights)
    starts.append(positions.count)
  }

  /// The transposed matrix, positions ascending in every row; O(rows + columns + entries).
  func transposed() -> SparseMatrix {
    var result = SparseMatrix(columns: rows)
    result.starts = [Int](repeating: 0, count: columns + 1)
    for position in positions { result.starts[Int(position) + 1] += 1 }
    for column in 0..<columns { result.starts[column + 1] += result.starts[column] }
    var next = result.starts
    result.positions = [Int32](repeating: 0, count: positions.count)
    result.weights = [Float](repeating: 0, count: weights.count)
    for row in 0..<rows {
      for entry in starts[row]..<starts[row + 1] {
        let column = Int(positions[entry])
        result.positions[next[column]] = Int32(row)
        result.weights[next[column]] = weights[entry]
        next[column] += 1
      }
    }
    return result
  }

  /// The product with a dense matrix `(columns, d)`: `(rows, d)`; O(entries · d).
  func times(_ dense: MatrixView, pool: ComputePool?) -> Matrix {
    precondition(dense.rows == columns, "the factors must fit together")
    let d = dense.columns
    var output = Matrix(rows: rows, columns: d)
    output.withUnsafeMutableBufferPointer { buffer in
      let target = SharedRows(buffer: buffer)
      forEachBlock(of: rows, blockSize: 256, pool: pool) { range in
        positions.withUnsafeBufferPointer { positions in
          weights.withUnsafeBufferPointer { weights in
            for row in range {
              accumulate(
                positions[starts[row]..<starts[row + 1]], weights, dense,
                into: target.buffer.baseAddress! + row * d)
            }
          }
        }
      }
    }
    return output
  }
}

/// Adds weighted rows of a dense matrix: `output += Σ weights[e] · dense[positions[e]]` over the entries of a slice.
@inline(__always)
func accumulate(
  _ positions: Slice<UnsafeBufferPointer<Int32>>, _ weights: UnsafeBufferPointer<Float>, _ dense: MatrixView,
  into output: UnsafeMutablePointer<Float>
) {
  let d = dense.columns
  for entry in positions.indices {
    let weight = weights[entry]
    let source = dense.base + Int(positions[entry]) * d
    for column in 0..<d { output[column] += weight * source[column] }
  }
}
