/// Committees of separately trained networks against dropout passes of one.
///
/// Reduced against the paper: a perceptron on 4,000 images of MNIST instead of convolutional networks on all of it.
struct EnsembleExperiment: Experiment {
  static let name = "ensembles"
  static let summary = "Variation ratio and BALD by five networks or by 20 dropout passes of one, on MNIST."
  static let paper = "Beluch et al., The Power of Ensembles for Active Learning in Image Classification, 2018"

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let (pool, test) = try context.mnist(pool: 4000, test: 2000)
    var parameters = SimulationParameters(
      strategies: ["random", "variation_ratio", "bald"], batch: 20, labels: 400, seeds: context.seeds ?? 3, epochs: 40,
      measuresCeiling: false)
    let names = { (kind: String) in
      ["random": "random, \(kind)", "variation_ratio": "variation ratio, \(kind)", "bald": "BALD, \(kind)"]
    }
    var dropout = names("dropout")
    dropout["random"] = "random"
    let first = Comparison.Group(parameters: parameters, names: dropout)
    parameters.uncertainty = .ensemble
    return try Comparison(
      title: "MNIST, perceptron: ensemble or dropout", pool: pool, test: test,
      groups: [first, .init(parameters: parameters, names: names("ensemble"))], accuracies: [0.8, 0.85, 0.9]
    ).run(context)
  }
}
