private import Glibc
import Tensors

/// An activation other than the rectifier, element by element.
struct ActivationLayer: Layer {
  let inputs: Int
  let activation: Activation
  var outputs: Int { inputs }

  func forward(_ pass: LayerPass, using generator: inout SeededGenerator) { infer(pass) }

  func infer(_ pass: LayerPass) {
    let count = pass.rows * inputs
    switch activation {
    case .relu: RectifierLayer.apply(pass.input, into: pass.output, count: count)
    case .leakyRelu:
      for index in 0..<count {
        let x = pass.input[index]
        pass.output[index] = x < 0 ? 0.01 * x : x
      }
    case .tanh: for index in 0..<count { pass.output[index] = Glibc.tanh(pass.input[index]) }
    case .gelu: for index in 0..<count { pass.output[index] = Self.gelu(pass.input[index]).value }
    case .silu: for index in 0..<count { pass.output[index] = Self.silu(pass.input[index]).value }
    }
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    guard let inputGradient else { return }
    for index in 0..<pass.rows * inputs {
      let x = pass.input[index]
      let slope: Float
      switch activation {
      case .relu: slope = x > 0 ? 1 : 0
      case .leakyRelu: slope = x > 0 ? 1 : 0.01
      case .tanh: slope = 1 - pass.output[index] * pass.output[index]
      case .gelu: slope = Self.gelu(x).slope
      case .silu: slope = Self.silu(x).slope
      }
      inputGradient[index] = slope * outputGradient[index]
    }
  }

  /// `x/2 (1 + tanh u)` with `u = √(2/π) (x + 0.044715 x³)`, and its derivative.
  private static func gelu(_ x: Float) -> (value: Float, slope: Float) {
    let scale: Float = 0.797_884_56
    let t = Glibc.tanh(scale * (x + 0.044715 * x * x * x))
    let inner = scale * (1 + 3 * 0.044715 * x * x)
    return (0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner)
  }

  private static func silu(_ x: Float) -> (value: Float, slope: Float) {
    let s = 1 / (1 + exp(-x))
    return (x * s, s * (1 + x * (1 - s)))
  }
}
