internal import Tensors

/// AᵀA of a tall float32 matrix `(n, l)`, in double precision: `l · l` values, both halves filled.
///
/// Rows are taken in a fixed number of slices whose sums are added in order: the same bits on any number of threads.
/// O(n·l²) time, O(l²) extra space.
func gramMatrix(_ tall: MatrixView, pool: ComputePool?) -> [Double] {
  let l = tall.columns
  let slices = 8
  let sliceRows = (tall.rows + slices - 1) / slices
  var partial = [Double](repeating: 0, count: slices * l * l)
  partial.withUnsafeMutableBufferPointer { partial in
    let target = SharedRows(buffer: partial)
    forEachBlock(of: slices, blockSize: 1, pool: pool) { range in
      for slice in range {
        let rows = min(tall.rows, slice * sliceRows)..<min(tall.rows, (slice + 1) * sliceRows)
        addGram(tall.rowRange(rows), into: target.buffer.baseAddress! + slice * l * l)
      }
    }
  }
  var gram = Array(partial[..<(l * l)])
  for slice in 1..<slices { for index in 0..<l * l { gram[index] += partial[slice * l * l + index] } }
  for i in 0..<l { for j in 0..<i { gram[j * l + i] = gram[i * l + j] } }
  return gram
}

/// Adds AᵀA's lower half (and some of the upper) panel by panel: 64 rows in double, a tile of 4 × 16 sums in registers.
private func addGram(_ tall: MatrixView, into gram: UnsafeMutablePointer<Double>) {
  let l = tall.columns
  let panelRows = 64
  // Zeros at the end of every row let the tiles run over.
  let width = (l + 15) / 16 * 16
  let panel = UnsafeMutablePointer<Double>.allocate(capacity: panelRows * width)
  defer { panel.deallocate() }
  panel.update(repeating: 0, count: panelRows * width)
  for start in stride(from: 0, to: tall.rows, by: panelRows) {
    let rows = min(panelRows, tall.rows - start)
    for row in 0..<rows {
      let source = tall.base + (start + row) * l
      let target = panel + row * width
      for column in 0..<l { target[column] = Double(source[column]) }
    }
    for i in stride(from: 0, to: l, by: 4) {
      for j in stride(from: 0, through: i, by: 16) {
        addTile(panel, rows: rows, width: width, i: i, j: j, size: l, into: gram)
      }
    }
  }
}

/// Adds the products of columns `i..<i + 4` with columns `j..<j + 16`, summed over the rows of a panel.
@inline(__always)
private func addTile(
  _ panel: UnsafePointer<Double>, rows: Int, width: Int, i: Int, j: Int, size l: Int,
  into gram: UnsafeMutablePointer<Double>
) {
  var (a0, a1, a2, a3) = (SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero, SIMD8<Double>.zero)
  var (b0, b1, b2, b3) = (a0, a0, a0, a0)
  for row in 0..<rows {
    let line = panel + row &* width
    let x = UnsafeRawPointer(line + j).loadUnaligned(as: SIMD8<Double>.self)
    let y = UnsafeRawPointer(line + j + 8).loadUnaligned(as: SIMD8<Double>.self)
    a0 += x * line[i]
    a1 += x * line[i + 1]
    a2 += x * line[i + 2]
    a3 += x * line[i + 3]
    b0 += y * line[i]
    b1 += y * line[i + 1]
    b2 += y * line[i + 2]
    b3 += y * line[i + 3]
  }
  for (row, (a, b)) in [(a0, b0), (a1, b1), (a2, b2), (a3, b3)].enumerated() where i + row < l {
    let target = gram + (i + row) * l + j
    for column in 0..<min(8, l - j) { target[column] += a[column] }
    for column in 8..<max(8, min(16, l - j)) { target[column] += b[column - 8] }
  }
}
