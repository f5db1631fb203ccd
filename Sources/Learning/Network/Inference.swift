import Synchronization
import Tensors

/// Applies a network without dropout to any number of rows, in blocks, on a pool.
struct Inference: Sendable {
  let network: Network
  /// `(1, parameterCount)`.
  let parameters: Matrix
  /// What is applied to rows before the first layer, where it is not folded into that layer's parameters.
  var scaling: InputScaling?

  /// Logits `(n, classes)`; throws ``LearningError/cancelled``.
  func logits(of x: MatrixView, pool: ComputePool?, isCancelled: @Sendable () -> Bool) throws(LearningError) -> Matrix {
    try output(of: x, layers: network.layers.count, pool: pool, isCancelled: isCancelled)
  }

  /// The output `(n, width)` of the first `layers` layers.
  func output(
    of x: MatrixView, layers: Int, pool: ComputePool?, isCancelled: @Sendable () -> Bool
  ) throws(LearningError) -> Matrix {
    let width = layers == 0 ? network.inputs : network.layers[layers - 1].outputs
    var result = Matrix(rows: x.rows, columns: width)
    let stopped = Atomic<Bool>(false)
    result.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      nonisolated(unsafe) let base2 = base  // Blocks write disjoint rows.
      forEachBlock(of: x.rows, blockSize: network.blockRows, on: pool) { rows in
        if stopped.load(ordering: .relaxed) { return }
        if isCancelled() {
          stopped.store(true, ordering: .relaxed)
          return
        }
        run(x.rowRange(rows), layers: layers, into: base2 + rows.lowerBound * width)
      }
    }
    if stopped.load(ordering: .relaxed) { throw .cancelled }
    return result
  }

  /// The output of the first `layers` layers for one block, on the calling thread.
  func run(_ x: MatrixView, layers: Int, into target: UnsafeMutablePointer<Float>) {
    if let scaling {
      let scaled = scaling.apply(to: x)
      return run(scaled: scaled.view, layers: 0..<layers, into: target)
    }
    run(scaled: x, layers: 0..<layers, into: target)
  }

  /// The output of some consecutive layers for a block of what the first of them takes, on the calling thread.
  func run(scaled x: MatrixView, layers: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let steps = layers.filter { !network.layers[$0].isStochastic }
    guard let last = steps.last else {
      target.update(from: x.base, count: x.rows * x.columns)
      return
    }
    let widest = steps.map { network.layers[$0].outputs }.max() ?? 1
    let parameters = self.parameters.view
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * x.rows * widest) { scratch in
      guard let start = scratch.baseAddress else { return }
      var input = x.base
      for (turn, index) in steps.enumerated() {
        let output = index == last ? target : start + turn % 2 * x.rows * widest
        let pass = LayerPass(
          rows: x.rows, parameters: parameters.base + network.offsets[index], input: input, output: output,
          state: start, scratch: start, pool: nil)
        network.layers[index].infer(pass)
        input = UnsafePointer(output)
      }
    }
  }
}
