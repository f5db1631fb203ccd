import Tensors

/// Adam (Kingma and Ba, 2015), with L2 in the gradient or decoupled decay (AdamW; Loshchilov and Hutter, 2019).
struct Adam: UpdateRule {
  private let runs: [(range: Range<Int>, decays: Bool)]
  private let l2: Float
  private let weightDecay: Float
  /// The running means of the gradient and of its square, `(2, parameters)`.
  private var moments: Matrix
  private var powers: (Double, Double) = (1, 1)
  private let beta1: Float = 0.9
  private let beta2: Float = 0.999
  private let epsilon: Float = 1e-8

  init(network: Network, l2: Float, weightDecay: Float) {
    runs = network.decayRuns
    self.l2 = l2
    self.weightDecay = weightDecay
    moments = Matrix(rows: 2, columns: network.parameterCount)
  }

  mutating func step(_ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, learningRate: Float) {
    // Both means start at 0; what corrects that is folded into the rate and into epsilon.
    powers = (powers.0 * Double(beta1), powers.1 * Double(beta2))
    let correction = Float((1 - powers.1).squareRoot())
    let rate = learningRate * correction / Float(1 - powers.0)
    let guarded = epsilon * correction
    let (runs, beta1, beta2, columns) = (self.runs, self.beta1, self.beta2, moments.columns)
    let (l2, shrink) = (self.l2, 1 - learningRate * weightDecay)
    moments.withUnsafeMutableBufferPointer { moments in
      guard let means = moments.baseAddress else { return }
      let squares = means + columns
      for run in runs {
        let penalty = run.decays ? l2 : 0
        let keep = run.decays ? shrink : 1
        for index in run.range {
          let p = parameters[index]
          let g = gradient[index] + penalty * p
          let mean = beta1 * means[index] + (1 - beta1) * g
          let square = beta2 * squares[index] + (1 - beta2) * g * g
          means[index] = mean
          squares[index] = square
          parameters[index] = keep * p - rate * mean / (square.squareRoot() + guarded)
        }
      }
    }
  }
}
