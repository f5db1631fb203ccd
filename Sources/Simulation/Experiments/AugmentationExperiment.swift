/// Consistency over shifted, turned and zoomed views of an image as a measure of what a model does not know.
///
/// Reduced against the paper, which trains semi-supervised on CIFAR: a perceptron on 4,000 images of MNIST, supervised.
struct AugmentationExperiment: Experiment {
  static let name = "augmentation"
  static let summary = "Variance, divergence and disagreement over five views of an image, on MNIST."
  static let paper = "Gao et al., Consistency-Based Semi-Supervised Active Learning, 2020"

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let (pool, test) = try context.mnist(pool: 4000, test: 2000)
    let parameters = SimulationParameters(
      strategies: [
        "random", "entropy", "margin", "augmentation_variance", "augmentation_kl", "augmentation_disagreement",
      ], batch: 20, labels: 400, seeds: context.seeds ?? 3, epochs: 40, measuresCeiling: false)
    return try Comparison(
      title: "MNIST, perceptron: consistency over views", pool: pool, test: test,
      groups: [.init(parameters: parameters)], accuracies: [0.8, 0.85, 0.9]
    ).run(context)
  }
}
