/// Uncertainty by dropout against random labelling, on MNIST with a small convolutional network.
///
/// Reduced against the paper: 4,000 images in the pool instead of 59,980, 2,000 test images, a network of 16 and 32 filters,
/// labels up to 300.
struct UncertaintyExperiment: Experiment {
  static let name = "mnist-uncertainty"
  static let summary = "Entropy, BALD, variation ratio, mean STD and random on MNIST: labels to 10 and 5 % error."
  static let paper = "Gal, Islam and Ghahramani, Deep Bayesian Active Learning with Image Data, 2017"

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let (pool, test) = try context.mnist(pool: 4000, test: 2000)
    let parameters = SimulationParameters(
      strategies: ["random", "entropy", "bald", "variation_ratio", "mean_std"], model: .cnn, labels: 300,
      seeds: context.seeds ?? 3, epochs: 40, minimumSteps: 120, filters: [16, 32], measuresCeiling: false)
    return try Comparison(
      title: "MNIST, convolutional network, dropout", pool: pool, test: test, groups: [.init(parameters: parameters)],
      accuracies: [0.9, 0.95]
    ).run(context)
  }
}
