extension TrainingConfiguration {
  /// What a project starts with: a perceptron of one hidden layer of 128 with dropout 0.5, for Monte-Carlo dropout.
  ///
  /// - Parameters:
  ///   - classes: number of classes; above 256 the hidden layer grows with it, to 1,024 at most.
  ///   - inputs: number of features.
  ///   - labels: number of labels at hand; from 1,000 on training ends early where a held-out tenth says so.
  ///   - seed: what all random choices are drawn from.
  public static func `default`(classes: Int, inputs: Int, labels: Int, seed: UInt64 = 0) -> TrainingConfiguration {
    let units = min(1024, max(128, classes / 2))
    return TrainingConfiguration(
      architecture: .perceptron(hidden: [units], dropout: 0.5),
      earlyStopping: labels >= 1000 ? EarlyStopping() : nil, seed: seed)
  }
}
