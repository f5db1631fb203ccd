import Tensors

/// What happens to a gradient before the optimiser sees it: L1, the mask of pruned parameters, and clipping.
struct GradientShaping {
  private let decayRuns: [Range<Int>]
  private let count: Int
  private let l1: Float
  private let clipping: Float?
  private let mask: ParameterMask?

  init(network: Network, configuration: TrainingConfiguration, mask: ParameterMask?) {
    decayRuns = network.decayRuns.filter(\.decays).map(\.range)
    count = network.parameterCount
    l1 = configuration.l1
    clipping = configuration.gradientClipping
    self.mask = mask
  }

  func apply(to gradient: UnsafeMutablePointer<Float>, at parameters: UnsafePointer<Float>) {
    if l1 > 0 {
      for run in decayRuns {
        for index in run {
          let p = parameters[index]
          gradient[index] += p > 0 ? l1 : p < 0 ? -l1 : 0
        }
      }
    }
    mask?.apply(to: gradient)
    if let clipping {
      let length = Self.length(gradient, count: count)
      // A gradient that is not finite is left to show in the loss.
      if length > Double(clipping), length.isFinite {
        let factor = Float(Double(clipping) / length)
        for index in 0..<count { gradient[index] *= factor }
      }
    }
  }

  /// The Euclidean length, summed in blocks so that many small squares are not lost beside a large sum.
  static func length(_ values: UnsafePointer<Float>, count: Int) -> Double {
    var total = 0.0
    for start in stride(from: 0, to: count, by: 4096) {
      let block = UnsafeBufferPointer(start: values + start, count: min(4096, count - start))
      total += Double(dotProduct(block, block))
    }
    return total.squareRoot()
  }
}
