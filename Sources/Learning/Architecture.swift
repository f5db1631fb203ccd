/// The shape of a network between its features and its classes.
public enum Architecture: Codable, Sendable, Equatable {
  /// Softmax regression: one dense layer.
  case linear
  /// Dense layers of these widths, each followed by a rectifier and dropout, and a dense layer to the classes.
  ///
  /// `dropout` is the share of hidden units dropped in training and in Monte-Carlo passes, in `0..<1`.
  case perceptron(hidden: [Int], dropout: Float)
  /// A perceptron with a choice of activation and normalisation.
  case network(NetworkShape)
  /// A small convolutional network for images.
  case convolutional(ConvolutionalShape)

  /// Whether the network drops units at random, so that a committee of it has more than one member.
  public var hasDropout: Bool {
    switch self {
    case .linear: false
    case .perceptron(let hidden, let dropout): dropout > 0 && !hidden.isEmpty
    case .network(let shape): shape.dropout > 0 && !shape.hidden.isEmpty
    case .convolutional(let shape): shape.dropout > 0 || shape.convolutionDropout > 0
    }
  }

  /// Checks sizes and dropout rates.
  func validate() throws(LearningError) {
    switch self {
    case .linear: break
    case .perceptron(let hidden, let dropout):
      try Self.check(hidden: hidden)
      try Self.check(dropout: dropout)
    case .network(let shape):
      try Self.check(hidden: shape.hidden)
      try Self.check(dropout: shape.dropout)
    case .convolutional(let shape):
      try shape.validate()
      try Self.check(dropout: shape.dropout)
      try Self.check(dropout: shape.convolutionDropout)
    }
  }

  private static func check(hidden: [Int]) throws(LearningError) {
    if hidden.contains(where: { $0 < 1 }) { throw .invalidConfiguration("hidden layers need at least one unit") }
  }

  private static func check(dropout: Float) throws(LearningError) {
    if !(dropout >= 0 && dropout < 1) { throw .invalidConfiguration("the dropout rate \(dropout) is not in 0..<1") }
  }
}
