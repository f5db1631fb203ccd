import Tensors

/// How the members of a committee are computed for a block of rows.
protocol CommitteePlan: Sendable {
  var inference: Inference { get }
  /// The number of members, `t`.
  var passes: Int { get }
  /// Writes the logits of all members transposed, `(passes, classes, rows)`; `ids` says which rows these are.
  func logits(_ x: MatrixView, ids: RowIDs, into target: UnsafeMutablePointer<Float>)
}

extension CommitteePlan {
  /// Calls `body` with the logits `(passes, classes, rows)` of successive parts of a block, on the calling thread.
  func forEachPart(
    of x: MatrixView, ids: RowIDs, _ body: (_ rows: Range<Int>, _ logits: UnsafePointer<Float>) -> Void
  ) {
    let (size, width) = (inference.network.blockRows, passes * inference.network.classes)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, min(size, x.rows) * width)) { scratch in
      guard let base = scratch.baseAddress else { return }
      for first in stride(from: 0, to: x.rows, by: size) {
        let rows = first..<min(x.rows, first + size)
        logits(x.rowRange(rows), ids: ids.part(rows), into: base)
        body(rows, base)
      }
    }
  }

  /// The probabilities of a block, on the calling thread: of a small one laid out as they are computed, by class.
  func predictions(of x: MatrixView, ids: RowIDs, _ kind: OutputKind) -> CommitteePredictions {
    let (classes, items) = (inference.network.classes, x.rows)
    if items <= inference.network.blockRows {
      let values = [Float](unsafeUninitializedCapacity: passes * items * classes) { result, initialized in
        initialized = passes * items * classes
        guard let base = result.baseAddress, initialized > 0 else { return }
        logits(x, ids: ids, into: base)
        switch kind {
        case .softmax:
          for pass in 0..<passes {
            softmaxColumnsInPlace(base + pass * classes * items, rows: items, columns: classes)
          }
        case .sigmoid: sigmoidInPlace(result)
        }
      }
      return CommitteePredictions(
        members: passes, items: items, classes: classes, values: values, layout: .classes)
    }
    let values = [Float](unsafeUninitializedCapacity: passes * items * classes) { result, initialized in
      write(of: x, ids: ids, kind, firstRow: 0, items: items, into: result)
      initialized = passes * items * classes
    }
    return CommitteePredictions(members: passes, items: items, classes: classes, values: values)
  }

  /// Writes the probabilities of a block to the rows from `firstRow` on of a `(passes, items, classes)` result.
  func write(
    of x: MatrixView, ids: RowIDs, _ kind: OutputKind, firstRow: Int, items: Int,
    into result: UnsafeMutableBufferPointer<Float>
  ) {
    guard let result = result.baseAddress else { return }
    let classes = inference.network.classes
    forEachPart(of: x, ids: ids) { rows, logits in
      for pass in 0..<passes {
        let source = logits + pass * classes * rows.count
        let target = result + (pass * items + firstRow + rows.lowerBound) * classes
        switch kind {
        case .softmax: softmaxColumns(source, rows: rows.count, columns: classes, into: target)
        case .sigmoid: sigmoidColumns(source, rows: rows.count, columns: classes, into: target)
        }
      }
    }
  }
}

/// Which rows of a pool a block holds: what per-row randomness is addressed by.
enum RowIDs {
  /// Consecutive rows from this one on.
  case from(Int)
  /// These rows.
  case listed(ArraySlice<Int>)

  func part(_ range: Range<Int>) -> RowIDs {
    switch self {
    case .from(let first): .from(first + range.lowerBound)
    case .listed(let rows):
      .listed(rows[rows.startIndex + range.lowerBound..<rows.startIndex + range.upperBound])
    }
  }

  subscript(position: Int) -> Int {
    switch self {
    case .from(let first): first + position
    case .listed(let rows): rows[rows.startIndex + position]
    }
  }
}

/// A committee of one: a model without dropout.
struct SingleMember: CommitteePlan {
  let inference: Inference
  var passes: Int { 1 }

  func logits(_ x: MatrixView, ids: RowIDs, into target: UnsafeMutablePointer<Float>) {
    let classes = inference.network.classes
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, x.rows * classes)) { scratch in
      guard let base = scratch.baseAddress else { return }
      inference.run(x, layers: inference.network.layers.count, into: base)
      transpose(base, rows: x.rows, columns: classes, into: target)
    }
  }
}

/// Writes `(rows, columns)` as `(columns, rows)`.
func transpose(_ source: UnsafePointer<Float>, rows: Int, columns: Int, into target: UnsafeMutablePointer<Float>) {
  for column in 0..<columns {
    for row in 0..<rows { target[column &* rows &+ row] = source[row &* columns &+ column] }
  }
}
