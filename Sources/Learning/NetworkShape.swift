/// A perceptron in full: dense layers, each followed by normalisation, activation and dropout.
public struct NetworkShape: Codable, Sendable, Equatable {
  /// Units of each hidden layer.
  public var hidden: [Int]
  /// What follows each hidden layer.
  public var activation: Activation
  /// What comes between a hidden layer and its activation.
  public var normalization: Normalization
  /// The share of hidden units dropped in training and in Monte-Carlo passes, in `0..<1`.
  public var dropout: Float

  /// Creates a shape.
  public init(
    hidden: [Int], activation: Activation = .relu, normalization: Normalization = .none, dropout: Float = 0.5
  ) {
    self.hidden = hidden
    self.activation = activation
    self.normalization = normalization
    self.dropout = dropout
  }
}

/// A function of one number, applied to every unit of a layer.
public enum Activation: String, Codable, Sendable, CaseIterable {
  /// `max(0, x)`.
  case relu
  /// `x` above 0, `0.01 x` below (Maas et al., 2013).
  case leakyRelu
  /// `x Φ(x)` by its tanh form, `x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))` (Hendrycks and Gimpel, 2016).
  case gelu
  /// The hyperbolic tangent.
  case tanh
  /// `x σ(x)`, also called swish (Elfwing et al., 2018).
  case silu
}

/// What keeps the scale of a layer's outputs in place.
public enum Normalization: String, Codable, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// Every unit over the mini-batch; running means stand in for it afterwards (Ioffe and Szegedy, 2015).
  case batch
  /// Every row over its units (Ba et al., 2016).
  case layer
}
