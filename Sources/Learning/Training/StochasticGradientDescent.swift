import Tensors

/// Gradient descent on mini-batches with momentum: `v ← μ v + g`, then `p ← p - r v`, or with Nesterov `p - r (g + μ v)`.
///
/// Source: Sutskever et al., "On the importance of initialization and momentum", 2013, in PyTorch's form.
struct StochasticGradientDescent: UpdateRule {
  private let runs: [(range: Range<Int>, decays: Bool)]
  private let momentum: Float
  private let nesterov: Bool
  private let l2: Float
  private let weightDecay: Float
  /// The velocity, `(1, parameters)`; it starts at 0.
  private var velocity: Matrix

  init(network: Network, momentum: Float, nesterov: Bool, l2: Float, weightDecay: Float) {
    runs = network.decayRuns
    self.momentum = momentum
    self.nesterov = nesterov
    self.l2 = l2
    self.weightDecay = weightDecay
    velocity = Matrix(rows: 1, columns: network.parameterCount)
  }

  mutating func step(_ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, learningRate: Float) {
    let (runs, momentum, l2) = (self.runs, self.momentum, self.l2)
    let shrink = 1 - learningRate * weightDecay
    // Nesterov looks ahead by one more momentum step; heavy ball takes the velocity as it is.
    let (ofGradient, ofVelocity): (Float, Float) = nesterov ? (1, momentum) : (0, 1)
    velocity.withUnsafeMutableBufferPointer { velocity in
      guard let velocity = velocity.baseAddress else { return }
      for run in runs {
        let penalty = run.decays ? l2 : 0
        let keep = run.decays ? shrink : 1
        for index in run.range {
          let p = parameters[index]
          let g = gradient[index] + penalty * p
          let v = momentum * velocity[index] + g
          velocity[index] = v
          parameters[index] = keep * p - learningRate * (ofGradient * g + ofVelocity * v)
        }
      }
    }
  }
}
