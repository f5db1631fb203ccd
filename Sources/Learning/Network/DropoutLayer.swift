import Tensors

/// Inverted dropout: each unit is zeroed with probability `rate`, the rest scaled up so that the mean stays.
///
/// Source: Srivastava et al., "Dropout", 2014. The rate is rounded to a multiple of 2⁻¹⁶, and the scale fits the rounded
/// rate, so that the mean is exact.
struct DropoutLayer: Layer {
  let inputs: Int
  let rate: Float
  var outputs: Int { inputs }
  var stateWidth: Int { inputs }
  var isStochastic: Bool { true }

  func forward(_ pass: LayerPass, using generator: inout SeededGenerator) {
    let count = pass.rows * inputs
    drawMask(pass.state, count: count, using: &generator)
    for index in 0..<count { pass.output[index] = pass.input[index] * pass.state[index] }
  }

  /// Of 65,536 equally likely draws those below this one drop a unit.
  var threshold: UInt64 { min(65_535, UInt64((rate * 65_536).rounded())) }
  /// What kept units are multiplied by.
  var keep: Float { 65_536 / Float(65_536 - threshold) }

  /// Fills `mask` with 0 for dropped units and `1 / (1 - rate)` for kept ones, from 16 random bits each.
  func drawMask(_ mask: UnsafeMutablePointer<Float>, count: Int, using generator: inout SeededGenerator) {
    let (threshold, keep) = (self.threshold, self.keep)
    var bits: UInt64 = 0
    for index in 0..<count {
      if index & 3 == 0 { bits = generator.next() }
      mask[index] = bits & 0xFFFF < threshold ? 0 : keep
      bits &>>= 16
    }
  }

  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?
  ) {
    guard let inputGradient else { return }
    for index in 0..<pass.rows * inputs { inputGradient[index] = outputGradient[index] * pass.state[index] }
  }
}
