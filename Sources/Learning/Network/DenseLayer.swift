import Tensors

/// An affine map, `y = W x + b`, with `W` `(outputs, inputs)` as PyTorch lays it out, then `b` `(outputs)`.
struct DenseLayer: Layer {
  let inputs: Int
  let outputs: Int
  /// Whether a rectifier follows: start values are wider then, as half of their effect is cut (He et al., 2015).
  let isRectified: Bool

  var parameters: [ParameterShape] {
    [
      ParameterShape(name: "weight", shape: [outputs, inputs], decays: true),
      ParameterShape(name: "bias", shape: [outputs], decays: false),
    ]
  }

  var weightCount: Int { outputs * inputs }
  var operationsPerRow: Double { 2 * Double(weightCount) }

  func initialise(_ parameters: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator) {
    let bound = ((isRectified ? 6 : 1) / Float(max(1, inputs))).squareRoot()
    for index in 0..<weightCount { parameters[index] = bound * (2 * generator.uniform() - 1) }
    (parameters + weightCount).update(repeating: 0, count: outputs)
  }

  func forward(_ pass: LayerPass, using generator: inout SeededGenerator) {
    apply(
      pass.parameters, to: pass.input, leadingInput: inputs, into: pass.output, leadingOutput: outputs,
      rows: pass.rows, pool: pass.pool)
  }

  /// The forward pass on plain pointers; `leading…` is the distance between rows in floats.
  func apply(
    _ parameters: UnsafePointer<Float>, to input: UnsafePointer<Float>, leadingInput: Int,
    into output: UnsafeMutablePointer<Float>, leadingOutput: Int, rows: Int, pool: ComputePool?
  ) {
    let bias = parameters + weightCount
    for row in 0..<rows { (output + row * leadingOutput).update(from: bias, count: outputs) }
    gemm(
      m: rows, n: outputs, k: inputs, input, leadingA: leadingInput, parameters, leadingB: inputs, transposeB: true,
      beta: 1, into: output, leadingC: leadingOutput, pool: pool)
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    // dW = dYᵀ X, db = column sums of dY, dX = dY W.
    gemm(
      m: outputs, n: inputs, k: pass.rows, outputGradient, leadingA: outputs, transposeA: true, pass.input,
      leadingB: inputs, into: parameterGradient, leadingC: inputs, pool: pass.pool)
    let bias = parameterGradient + weightCount
    bias.update(repeating: 0, count: outputs)
    for row in 0..<pass.rows {
      let gradient = outputGradient + row &* outputs
      for column in 0..<outputs { bias[column] += gradient[column] }
    }
    if let inputGradient {
      gemm(
        m: pass.rows, n: inputs, k: outputs, outputGradient, leadingA: outputs, pass.parameters, leadingB: inputs,
        into: inputGradient, leadingC: inputs, pool: pass.pool)
    }
  }
}
