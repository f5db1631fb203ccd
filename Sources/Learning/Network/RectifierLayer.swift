import Tensors

/// The rectifier, `max(0, x)`; its derivative at 0 is taken as 0.
struct RectifierLayer: Layer {
  let inputs: Int
  var outputs: Int { inputs }

  func forward(_ pass: LayerPass, using generator: inout SeededGenerator) {
    Self.apply(pass.input, into: pass.output, count: pass.rows * inputs)
  }

  /// The rectifier on plain memory; `output` may be `input`.
  ///
  /// NaN stays NaN.
  static func apply(_ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int) {
    for index in 0..<count {
      let x = input[index]
      output[index] = x < 0 ? 0 : x
    }
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    guard let inputGradient else { return }
    let output = UnsafePointer(pass.output)
    for index in 0..<pass.rows * inputs { inputGradient[index] = output[index] > 0 ? outputGradient[index] : 0 }
  }
}
