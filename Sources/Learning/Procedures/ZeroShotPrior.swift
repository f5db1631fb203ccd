public import Tensors

/// Probabilities of classes before any label, from how near items lie to the names of the labels: a first ranking.
///
/// Items and names must be embedded by the same encoder. The cosine of each pair is divided by a temperature; classes
/// that exclude each other go through a softmax. Independent labels go through a sigmoid, after the label's mean over all
/// items is taken off, as cosines have no threshold of their own. Source: Radford et al., 2021, for the softmax of cosines.
/// - Parameters:
///   - items: embeddings `(n, d)`.
///   - names: embeddings of the names of labels `(c, d)`.
///   - kind: whether classes exclude each other.
///   - temperature: how sharp, above 0; it does not change a ranking by least confidence of two classes.
/// - Returns: `(n, c)`. An item of length 0 is as near to all names.
/// - Throws: ``LearningError``: widths that differ, no names, values that are not finite.
/// - Complexity: O(n·c·d).
public func zeroShotPrior(
  items: MatrixView, names: MatrixView, kind: OutputKind = .softmax, temperature: Float = 0.05,
  pool: ComputePool? = nil
) throws(LearningError) -> Matrix {
  if names.rows == 0 { throw .invalidConfiguration("there are no embeddings of label names") }
  if items.columns != names.columns { throw .widthMismatch(expected: names.columns, actual: items.columns) }
  if !(temperature > 0 && temperature.isFinite) {
    throw .invalidConfiguration("the temperature of the zero-shot prior is \(temperature), but must be above 0")
  }
  let (itemScales, nameScales) = (try inverseLengths(items), try inverseLengths(names))
  var result = Matrix(rows: items.rows, columns: names.rows)
  gemm(items, names, transposeB: true, into: &result, pool: pool)
  let classes = names.rows
  result.withUnsafeMutableBufferPointer { values in
    for row in itemScales.indices {
      for column in 0..<classes {
        values[row &* classes &+ column] *= itemScales[row] * nameScales[column] / temperature
      }
    }
    if kind == .sigmoid { centreColumns(values, rows: itemScales.count, columns: classes) }
  }
  switch kind {
  case .softmax: softmaxRows(&result, pool: pool)
  case .sigmoid: sigmoid(&result, pool: pool)
  }
  return result
}

/// One over the length of every row; 0 for a row of zeros.
private func inverseLengths(_ m: MatrixView) throws(LearningError) -> [Float] {
  var result = [Float](repeating: 0, count: m.rows)
  for row in 0..<m.rows {
    let square = m[row].reduce(0.0) { $0 + Double($1) * Double($1) }
    if !square.isFinite {
      throw .notFiniteInput(row: row, column: m[row].firstIndex { !$0.isFinite } ?? 0)
    }
    result[row] = square > 0 ? Float(1 / square.squareRoot()) : 0
  }
  return result
}

private func centreColumns(_ values: UnsafeMutableBufferPointer<Float>, rows: Int, columns: Int) {
  for column in 0..<columns {
    let sum = (0..<rows).reduce(0.0) { $0 + Double(values[$1 &* columns &+ column]) }
    let mean = Float(sum / Double(max(1, rows)))
    for row in 0..<rows { values[row &* columns &+ column] -= mean }
  }
}
