/// How parameters follow their gradient.
public enum Optimizer: Codable, Sendable, Equatable {
  /// Stochastic gradient descent with heavy-ball momentum or Nesterov's (Sutskever et al., 2013), as PyTorch has them.
  case sgd(momentum: Float = 0.9, nesterov: Bool = false)
  /// Adam (Kingma and Ba, 2015), with L2 in the gradient.
  case adam
  /// Adam with decoupled decay only (Loshchilov and Hutter, 2019): `l2` is not added to the gradient.
  case adamW
  /// Limited-memory BFGS (Liu and Nocedal, 1989) over all rows at once, for linear models.
  ///
  /// `history` pairs are kept. Steps are found by line search: learning rate and schedule play no part. Ends after
  /// `iterations` or where no component of the gradient exceeds `tolerance`.
  case lbfgs(history: Int = 10, iterations: Int = 100, tolerance: Float = 1e-4)

  func validate() throws(LearningError) {
    switch self {
    case .sgd(let momentum, let nesterov):
      if !(momentum >= 0 && momentum < 1) { throw .invalidConfiguration("momentum \(momentum) is not in 0..<1") }
      if nesterov && momentum == 0 { throw .invalidConfiguration("Nesterov's method needs a momentum above 0") }
    case .adam, .adamW: break
    case .lbfgs(let history, let iterations, let tolerance):
      if history < 1 || iterations < 1 || !(tolerance >= 0) {
        throw .invalidConfiguration("L-BFGS needs a history and an iteration at least, and a tolerance of 0 or more")
      }
    }
  }
}

/// A rule that moves parameters against their gradient.
protocol UpdateRule {
  /// Moves `parameters` one step along `gradient`, both of the network's parameter count.
  mutating func step(_ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, learningRate: Float)
}

extension TrainingConfiguration {
  /// The rule of a stochastic optimiser; nil for L-BFGS, which works on all rows at once.
  func updateRule(for network: Network) -> (any UpdateRule)? {
    switch optimizer {
    case .adam: Adam(network: network, l2: l2, weightDecay: weightDecay)
    case .adamW: Adam(network: network, l2: 0, weightDecay: weightDecay)
    case .sgd(let momentum, let nesterov):
      StochasticGradientDescent(
        network: network, momentum: momentum, nesterov: nesterov, l2: l2, weightDecay: weightDecay)
    case .lbfgs: nil
    }
  }
}
