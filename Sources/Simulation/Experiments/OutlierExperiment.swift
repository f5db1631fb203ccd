/// Collective outliers: what no model learns draws uncertainty sampling on, and removing it turns the comparison round.
///
/// Where the paper has questions about images, outliers are planted here: of the pool 31 % are digits with permuted pixels and
/// near-blank images, labelled at random.
struct OutlierExperiment: Experiment {
  static let name = "outliers"
  static let summary = "Digits with 31 % planted outliers: entropy and BALD before and after 10, 25, 50 % are removed."
  static let paper = "Karamcheti et al., Mind Your Outliers!, 2021"

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    func parameters(_ strategies: [String]) -> SimulationParameters {
      SimulationParameters(
        strategies: strategies, seeds: context.seeds ?? 6, holdout: 500, plantedOutliers: 0.31,
        measuresCeiling: false)
    }
    let whole = Comparison.Group(parameters: parameters(["random", "entropy", "bald"]))
    let removals = [0.1, 0.25, 0.5].map { share in
      var removed = parameters(["random", "entropy"])
      removed.removedShare = share
      let note = "\(decimals(100 * share, 0)) % removed"
      return Comparison.Group(
        parameters: removed, names: ["random": "random, \(note)", "entropy": "entropy, \(note)"])
    }
    var filtered = parameters(["entropy", "auto"])
    filtered.outlierFilter = "auto"
    return try Comparison(
      title: "Digits with 31 % planted outliers", pool: try context.digits(), test: nil,
      groups: [whole] + removals + [
        .init(parameters: filtered, names: ["entropy": "entropy, live filter", "auto": "auto, live filter"])
      ], accuracies: [0.85, 0.9, 0.95], reportsOutliers: true
    ).run(context)
  }
}
