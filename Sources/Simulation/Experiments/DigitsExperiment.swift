/// The strategies side by side on small digits, by the protocol that the documentation's figures follow.
struct DigitsExperiment: Experiment {
  static let name = "digits"
  static let summary = "Strategies on 1,797 digits of 8 × 8 pixels: labels to 90, 95 and 97 % accuracy."
  static let paper = "Bahri et al., 2022; Hacohen et al., 2022"

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let parameters = SimulationParameters(
      strategies: [
        "random", "entropy", "margin", "bald", "badge", "core_set", "typiclust", "margin_diverse", "auto",
      ], seeds: context.seeds ?? 10, holdout: 500)
    return try Comparison(
      title: "Digits, perceptron 64–128–10", pool: try context.digits(), test: nil,
      groups: [.init(parameters: parameters)], accuracies: [0.9, 0.95, 0.97]
    ).run(context)
  }
}
