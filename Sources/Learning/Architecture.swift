/// The shape of a network between its features and its classes.
public enum Architecture: Codable, Sendable, Equatable {
  /// Softmax regression: one dense layer.
  case linear
  /// Dense layers of these widths, each followed by a rectifier and dropout, and a dense layer to the classes.
  ///
  /// `dropout` is the share of hidden units dropped in training and in Monte-Carlo passes, in `0..<1`.
  case perceptron(hidden: [Int], dropout: Float)

  /// Checks widths and the dropout rate.
  func validate() throws(LearningError) {
    guard case .perceptron(let hidden, let dropout) = self else { return }
    if hidden.contains(where: { $0 < 1 }) { throw .invalidConfiguration("hidden layers need at least one unit") }
    if !(dropout >= 0 && dropout < 1) { throw .invalidConfiguration("the dropout rate \(dropout) is not in 0..<1") }
  }
}
