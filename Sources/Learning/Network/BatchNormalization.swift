import Tensors

/// Batch normalisation: every unit is shifted and scaled to mean 0 and variance 1 over the mini-batch, then by a trained
/// gain and offset.
///
/// Running means of mean and variance stand in for those of the batch in prediction. A mini-batch of one row has no
/// variance: it is normalised by the running figures, and moves them not.
/// Source: Ioffe and Szegedy, "Batch Normalization", 2015, with PyTorch's momentum of 0.1.
struct BatchNormalization: Layer {
  let inputs: Int
  private let epsilon: Float = 1e-5
  private let momentum: Float = 0.1

  init(inputs: Int) { self.inputs = inputs }

  var outputs: Int { inputs }
  var stateWidth: Int { 3 * inputs }
  var keepsStatistics: Bool { true }

  var parameters: [ParameterShape] {
    Normalizing.parameters(inputs) + [
      ParameterShape(name: "running_mean", shape: [inputs], decays: false, isStatistic: true),
      ParameterShape(name: "running_var", shape: [inputs], decays: false, isStatistic: true),
    ]
  }

  func initialise(_ parameters: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator) {
    Normalizing.initialise(parameters, inputs)
    (parameters + 2 * inputs).update(repeating: 0, count: inputs)
    (parameters + 3 * inputs).update(repeating: 1, count: inputs)
  }

  /// The mean of each unit in this pass, `(inputs)`, kept in the first row's state; then the scale; then, from there on,
  /// normalised values `(rows, inputs)`.
  ///
  /// With `rows ≥ 1` there is room: `rows · 3 · inputs ≥ (2 + rows) · inputs`.
  func forward(_ pass: LayerPass, using generator: inout SeededGenerator) {
    let (means, scales, normal) = (pass.state, pass.state + inputs, pass.state + 2 * inputs)
    let n = Float(pass.rows)
    if pass.rows == 1 {
      for unit in 0..<inputs {
        means[unit] = pass.parameters[2 * inputs + unit]
        scales[unit] = 1 / (pass.parameters[3 * inputs + unit] + epsilon).squareRoot()
      }
    } else {
      means.update(repeating: 0, count: 2 * inputs)
      for row in 0..<pass.rows {
        let x = pass.input + row * inputs
        for unit in 0..<inputs { means[unit] += x[unit] }
      }
      for unit in 0..<inputs { means[unit] /= n }
      for row in 0..<pass.rows {
        let x = pass.input + row * inputs
        for unit in 0..<inputs { scales[unit] += (x[unit] - means[unit]) * (x[unit] - means[unit]) }
      }
      for unit in 0..<inputs { scales[unit] = 1 / (scales[unit] / n + epsilon).squareRoot() }
    }
    for row in 0..<pass.rows {
      for unit in 0..<inputs {
        let value = (pass.input[row &* inputs &+ unit] - means[unit]) * scales[unit]
        normal[row &* inputs &+ unit] = value
        pass.output[row &* inputs &+ unit] = value * pass.parameters[unit] + pass.parameters[inputs + unit]
      }
    }
  }

  func infer(_ pass: LayerPass) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * inputs) { scratch in
      guard let gains = scratch.baseAddress else { return }
      let offsets = gains + inputs
      for unit in 0..<inputs {
        gains[unit] = pass.parameters[unit] / (pass.parameters[3 * inputs + unit] + epsilon).squareRoot()
        offsets[unit] = pass.parameters[inputs + unit] - gains[unit] * pass.parameters[2 * inputs + unit]
      }
      for row in 0..<pass.rows {
        for unit in 0..<inputs {
          pass.output[row &* inputs &+ unit] = pass.input[row &* inputs &+ unit] * gains[unit] + offsets[unit]
        }
      }
    }
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    let (scales, normal) = (pass.state + inputs, pass.state + 2 * inputs)
    parameterGradient.update(repeating: 0, count: 4 * inputs)
    let (gains, offsets) = (parameterGradient, parameterGradient + inputs)
    for row in 0..<pass.rows {
      for unit in 0..<inputs {
        let g = outputGradient[row &* inputs &+ unit]
        gains[unit] += g * normal[row &* inputs &+ unit]
        offsets[unit] += g
      }
    }
    guard let inputGradient else { return }
    // The running figures of a batch of one do not depend on it.
    let share = pass.rows == 1 ? 0 : 1 / Float(pass.rows)
    for row in 0..<pass.rows {
      for unit in 0..<inputs {
        let index = row &* inputs &+ unit
        let centred = outputGradient[index] - share * (offsets[unit] + normal[index] * gains[unit])
        inputGradient[index] = pass.parameters[unit] * scales[unit] * centred
      }
    }
  }

  func updateStatistics(_ parameters: UnsafeMutablePointer<Float>, _ pass: LayerPass) {
    guard pass.rows > 1 else { return }
    let (means, scales) = (pass.state, pass.state + inputs)
    let unbiased = Float(pass.rows) / Float(pass.rows - 1)
    for unit in 0..<inputs {
      let variance = 1 / (scales[unit] * scales[unit]) - epsilon
      let (mean, spread) = (parameters + 2 * inputs + unit, parameters + 3 * inputs + unit)
      mean.pointee += momentum * (means[unit] - mean.pointee)
      spread.pointee += momentum * (unbiased * variance - spread.pointee)
    }
  }
}
