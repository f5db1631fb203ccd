public import Tensors

extension TrainedModel {
  /// The probabilities of `t` Monte-Carlo dropout passes `(t, n, c)` over rows `(n, d)`.
  ///
  /// Each pass keeps one set of dropped units for all rows (consistent masks, as BatchBALD needs them). The masks depend
  /// on the seed and the pass alone, so that a pool can be scored block by block. What lies before the first dropout is
  /// computed once; the masks of the first dropout are folded into the weights behind it, and all passes of that layer
  /// become one product with `t` times its columns. A model without dropout gives a committee of one, whatever `t` is.
  ///
  /// Source: Gal and Ghahramani, "Dropout as a Bayesian Approximation", 2016; Kirsch et al., "BatchBALD", 2019.
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``.
  /// - Complexity: O(n · (parameters before the first dropout + t · parameters behind it)).
  public func committee(
    of x: MatrixView, passes t: Int, seed: UInt64, pool: ComputePool? = nil
  ) throws(LearningError) -> CommitteePredictions {
    try checkWidth(x)
    guard let plan = DropoutPlan(inference, outputKind, passes: t, seed: seed) else {
      return CommitteePredictions(try probabilities(of: x, pool: pool))
    }
    let values = [Float](unsafeUninitializedCapacity: plan.passes * x.rows * classes) { result, initialized in
      nonisolated(unsafe) let result = result  // Blocks write disjoint rows of every pass.
      forEachBlock(of: x.rows, blockSize: network.blockRows, on: pool) { rows in
        plan.run(x.rowRange(rows), firstRow: rows.lowerBound, of: x.rows, into: result)
      }
      initialized = plan.passes * x.rows * classes
    }
    return CommitteePredictions(members: plan.passes, items: x.rows, classes: classes, values: values)
  }
}

/// How the layers from the first dropout on are computed for all passes at once.
struct DropoutPlan: Sendable {
  let inference: Inference
  let kind: OutputKind
  let passes: Int
  /// Layers before the first dropout, computed once.
  let shared: Int
  /// Dense layers behind it, each with the weights of all passes: pass after pass, `W` with dropped columns, then `b`.
  let stages: [Stage]

  struct Stage: Sendable {
    let layer: DenseLayer
    let weights: Matrix  // (passes * outputs, inputs)
    let biases: [Float]  // (passes * outputs)
    let isRectified: Bool
  }

  /// Nil where nothing is dropped.
  init?(_ inference: Inference, _ kind: OutputKind, passes: Int, seed: UInt64) {
    let layers = inference.network.layers
    guard passes >= 1, let first = layers.firstIndex(where: { $0.isStochastic }) else { return nil }
    self.inference = inference
    self.kind = kind
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

  /// Computes one block and writes its probabilities to the `(passes, items, classes)` result.
  ///
  /// Works on transposed activations, `(passes, units, rows)`: the softmax then reads sixteen rows as one vector.
  func run(_ x: MatrixView, firstRow: Int, of items: Int, into result: UnsafeMutableBufferPointer<Float>) {
    guard let result = result.baseAddress else { return }
    let classes = inference.network.classes
    let widest = stages.map(\.layer.outputs).max() ?? classes
    let sharedWidth = stages[0].layer.inputs
    let (first, later) = (x.rows * sharedWidth, x.rows * passes * widest)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: first + 2 * later) { scratch in
      guard let base = scratch.baseAddress else { return }
      inference.run(x, layers: shared, into: base)
      var input = base
      for (step, stage) in stages.enumerated() {
        let output = base + first + step % 2 * later
        apply(stage, isFirst: step == 0, to: input, into: output, rows: x.rows)
        input = output
      }
      for pass in 0..<passes {
        let logits = input + pass * classes * x.rows
        let target = result + (pass * items + firstRow) * classes
        switch kind {
        case .softmax: softmaxColumns(logits, rows: x.rows, columns: classes, into: target)
        case .sigmoid: sigmoidColumns(logits, rows: x.rows, columns: classes, into: target)
        }
      }
    }
  }

  /// One dense layer of all passes, with `(passes, outputs, rows)` as its output.
  ///
  /// The first reads the `(rows, inputs)` that all passes share, later ones `(passes, inputs, rows)`.
  func apply(
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
