import Tensors

/// Dropout passes with one mask for all rows, for networks of nothing but dense layers from the first dropout on.
///
/// The masks of the first dropout are folded into the weights behind it, and all passes of that layer become one product
/// with as many times its columns.
struct FoldedCommittee: CommitteePlan {
  let inference: Inference
  let passes: Int
  /// Layers before the first dropout, computed once.
  private let shared: Int
  /// Dense layers behind it, each with the weights of all passes: pass after pass, `W` with dropped columns, then `b`.
  private let stages: [Stage]

  private struct Stage: Sendable {
    let layer: DenseLayer
    let weights: Matrix  // (passes * outputs, inputs)
    let biases: [Float]  // (passes * outputs)
    let isRectified: Bool
  }

  /// Nil where nothing is dropped, or where other layers than dense ones come after a dropout.
  init?(_ inference: Inference, passes: Int, seed: UInt64) {
    let layers = inference.network.layers
    guard passes >= 1, let first = layers.firstIndex(where: { $0.isStochastic }),
      layers[first...].allSatisfy({ $0 is DropoutLayer || $0 is DenseLayer || $0 is RectifierLayer })
    else { return nil }
    self.inference = inference
    self.passes = passes
    shared = first
    var stages: [Stage] = []
    var mask: DropoutLayer?
    for index in first..<layers.count {
      if let dropout = layers[index] as? DropoutLayer { mask = dropout }
      guard let dense = layers[index] as? DenseLayer else { continue }
      stages.append(Self.stage(inference, index, dense, mask, passes: passes, seed: seed))
      mask = nil
    }
    self.stages = stages
  }

  /// Repeats a dense layer for every pass, each with the columns of its dropped inputs at zero.
  private static func stage(
    _ inference: Inference, _ index: Int, _ layer: DenseLayer, _ dropout: DropoutLayer?, passes: Int, seed: UInt64
  ) -> Stage {
    let parameters = inference.parameters.view.base + inference.network.offsets[index]
    var weights = Matrix(rows: passes * layer.outputs, columns: layer.inputs)
    var mask = [Float](repeating: 1, count: layer.inputs)
    weights.withUnsafeMutableBufferPointer { weights in
      for pass in 0..<passes {
        if let dropout {
          var generator = SeededGenerator(seed: seed, stream: UInt64(pass) &* 1024 &+ UInt64(index))
          mask.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress { dropout.drawMask(base, count: layer.inputs, using: &generator) }
          }
        }
        let start = pass * layer.weightCount
        for unit in 0..<layer.outputs {
          for column in 0..<layer.inputs {
            let position = unit * layer.inputs + column
            weights[start + position] = parameters[position] * mask[column]
          }
        }
      }
    }
    let bias = Array(UnsafeBufferPointer(start: parameters + layer.weightCount, count: layer.outputs))
    return Stage(
      layer: layer, weights: weights, biases: (0..<passes).flatMap { _ in bias },
      isRectified: index < inference.network.layers.count - 1)
  }

  /// Works on transposed activations, `(passes, units, rows)`: what follows then reads sixteen rows as one vector.
  func logits(_ x: MatrixView, ids: RowIDs, into target: UnsafeMutablePointer<Float>) {
    let widest = stages.map(\.layer.outputs).max() ?? 1
    let (first, later) = (x.rows * stages[0].layer.inputs, x.rows * passes * widest)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: first + (stages.count > 1 ? 2 * later : 0)) { scratch in
      guard let base = scratch.baseAddress else { return }
      inference.run(x, layers: shared, into: base)
      var input = base
      for (step, stage) in stages.enumerated() {
        let output = step == stages.count - 1 ? target : base + first + step % 2 * later
        apply(stage, isFirst: step == 0, to: input, into: output, rows: x.rows)
        input = output
      }
    }
  }

  /// One dense layer of all passes, with `(passes, outputs, rows)` as its output.
  ///
  /// The first reads the `(rows, inputs)` that all passes share, later ones `(passes, inputs, rows)`.
  private func apply(
    _ stage: Stage, isFirst: Bool, to input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, rows: Int
  ) {
    let layer = stage.layer
    for (unit, bias) in stage.biases.enumerated() { (output + unit * rows).update(repeating: bias, count: rows) }
    let weights = stage.weights.view
    if isFirst {
      gemm(
        m: weights.rows, n: rows, k: layer.inputs, weights.base, leadingA: layer.inputs, input,
        leadingB: layer.inputs, transposeB: true, beta: 1, into: output, leadingC: rows)
    } else {
      for pass in 0..<passes {
        gemm(
          m: layer.outputs, n: rows, k: layer.inputs, weights.base + pass * layer.weightCount,
          leadingA: layer.inputs, input + pass * layer.inputs * rows, leadingB: rows, beta: 1,
          into: output + pass * layer.outputs * rows, leadingC: rows)
      }
    }
    if stage.isRectified { RectifierLayer.apply(output, into: output, count: rows * weights.rows) }
  }
}
