import Tensors

/// Layer normalisation: every row is shifted and scaled to mean 0 and variance 1, then by a trained gain and offset.
///
/// Source: Ba, Kiros and Hinton, "Layer Normalization", 2016.
struct LayerNormalization: Layer {
  let inputs: Int
  private let epsilon: Float = 1e-5

  init(inputs: Int) { self.inputs = inputs }

  var outputs: Int { inputs }
  /// Normalised values, then the reciprocal of the standard deviation.
  var stateWidth: Int { inputs + 1 }
  var parameters: [ParameterShape] { Normalizing.parameters(inputs) }

  func initialise(_ parameters: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator) {
    Normalizing.initialise(parameters, inputs)
  }

  func forward(_ pass: LayerPass, using generator: inout SeededGenerator) {
    for row in 0..<pass.rows {
      let state = pass.state + row * stateWidth
      state[inputs] = normalise(pass.input + row * inputs, into: state)
      finish(state, pass.parameters, into: pass.output + row * inputs)
    }
  }

  func infer(_ pass: LayerPass) {
    for row in 0..<pass.rows {
      let output = pass.output + row * inputs
      _ = normalise(pass.input + row * inputs, into: output)
      finish(output, pass.parameters, into: output)
    }
  }

  /// Writes a row with mean 0 and variance 1; returns what it was multiplied by.
  private func normalise(_ x: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) -> Float {
    var sum = 0.0
    for column in 0..<inputs { sum += Double(x[column]) }
    let mean = Float(sum / Double(inputs))
    var squares = 0.0
    for column in 0..<inputs { squares += Double((x[column] - mean) * (x[column] - mean)) }
    let scale = 1 / (Float(squares / Double(inputs)) + epsilon).squareRoot()
    for column in 0..<inputs { target[column] = (x[column] - mean) * scale }
    return scale
  }

  private func finish(
    _ normal: UnsafePointer<Float>, _ parameters: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    for column in 0..<inputs { output[column] = normal[column] * parameters[column] + parameters[inputs + column] }
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    parameterGradient.update(repeating: 0, count: 2 * inputs)
    let n = Float(inputs)
    for row in 0..<pass.rows {
      let state = pass.state + row * stateWidth
      let gradient = outputGradient + row * inputs
      var (sum, product): (Float, Float) = (0, 0)
      for column in 0..<inputs {
        let g = gradient[column]
        parameterGradient[column] += g * state[column]
        parameterGradient[inputs + column] += g
        let inner = g * pass.parameters[column]
        sum += inner
        product += inner * state[column]
      }
      guard let inputGradient else { continue }
      let target = inputGradient + row * inputs
      for column in 0..<inputs {
        let inner = gradient[column] * pass.parameters[column]
        target[column] = state[inputs] * (inner - (sum + state[column] * product) / n)
      }
    }
  }
}

/// What both normalisations share: a gain for every unit, 1 at first, and an offset, 0 at first.
enum Normalizing {
  static func parameters(_ units: Int) -> [ParameterShape] {
    [
      ParameterShape(name: "weight", shape: [units], decays: false),
      ParameterShape(name: "bias", shape: [units], decays: false),
    ]
  }

  static func initialise(_ parameters: UnsafeMutablePointer<Float>, _ units: Int) {
    parameters.update(repeating: 1, count: units)
    (parameters + units).update(repeating: 0, count: units)
  }
}
