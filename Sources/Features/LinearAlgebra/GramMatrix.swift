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

/// Adds the lower half of AᵀA, panel by panel: a panel's columns are laid out one after the other, in double.
private func addGram(_ tall: MatrixView, into gram: UnsafeMutablePointer<Double>) {
  let l = tall.columns
  let vectors = 8
  let panelRows = 8 * vectors
  let panel = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: l * vectors)
  defer { panel.deallocate() }
  for start in stride(from: 0, to: tall.rows, by: panelRows) {
    let rows = min(panelRows, tall.rows - start)
    panel.update(repeating: .zero, count: l * vectors)
    UnsafeMutableRawPointer(panel).withMemoryRebound(to: Double.self, capacity: l * panelRows) { panel in
      for row in 0..<rows {
        let source = tall.base + (start + row) * l
        for column in 0..<l { panel[column * panelRows + row] = Double(source[column]) }
      }
    }
    for i in 0..<l {
      let a = panel + i * vectors
      // Four columns at a time share what is loaded of column i.
      var j = 0
      while j + 3 <= i {
        let b = panel + j * vectors
        var s0 = SIMD8<Double>.zero
        var s1 = s0
        var s2 = s0
        var s3 = s0
        for v in 0..<vectors {
          s0 += a[v] * b[v]
          s1 += a[v] * b[v + vectors]
          s2 += a[v] * b[v + 2 * vectors]
          s3 += a[v] * b[v + 3 * vectors]
        }
        let row = gram + i * l + j
        row[0] += s0.sum()
        row[1] += s1.sum()
        row[2] += s2.sum()
        row[3] += s3.sum()
        j += 4
      }
      while j <= i {
        let b = panel + j * vectors
        var sum = SIMD8<Double>.zero
        for v in 0..<vectors { sum += a[v] * b[v] }
        gram[i * l + j] += sum.sum()
        j += 1
      }
    }
  }
}
