/// Learning curves of several arms, which differ in strategy or in anything else, on the same data and seeds.
struct Comparison: Sendable {
  /// Arms that share their parameters.
  struct Group: Sendable {
    /// What is simulated; its strategies are the arms.
    let parameters: SimulationParameters
    /// What an arm is called, where not as its strategy.
    var names: [String: String] = [:]
  }

  let title: String
  let pool: LabelledItems
  let test: LabelledItems?
  let groups: [Group]
  /// Accuracies whose labels are reported.
  let accuracies: [Double]
  /// Whether the share of planted outliers among what was asked is reported.
  var reportsOutliers = false

  /// Runs all arms, and compares them with the one that is called `random`.
  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    var all = SimulationResult(curves: [], ceilings: [], poolCount: 0, classes: 0)
    var arms: [String] = []
    for (index, group) in groups.enumerated() {
      let simulation = try Simulation(data: pool, test: test, parameters: group.parameters)
      let parts = Double(groups.count)
      let result = try simulation.run(
        directory: context.directory,
        progress: { progress in
          var whole = progress
          whole.share = (Double(index) + progress.share) / parts
          context.progress(whole)
        }, isCancelled: context.isCancelled)
      arms += group.parameters.strategies.map { group.names[$0] ?? $0 }
      all.curves += result.curves.map { curve in
        var curve = curve
        curve.strategy = group.names[curve.strategy] ?? curve.strategy
        return curve
      }
      if all.ceilings.isEmpty { all.ceilings = result.ceilings }
      all.poolCount = max(all.poolCount, result.poolCount)
      all.classes = result.classes
    }
    var parameters = groups[0].parameters
    parameters.strategies = arms
    let summary = try all.summary(parameters, accuracies: accuracies)
    return ExperimentOutcome(chart: all.chart(title: title), table: table(summary))
  }

  private func table(_ summary: SimulationSummary) -> [[String]] {
    var head = ["arm", "area under curve"] + summary.targetNames.map { "labels to \($0)" } + ["final accuracy"]
    if reportsOutliers { head.append("outliers among the queries") }
    return [head + ["area against random"]]
      + summary.strategies.map { arm in
        var row = [arm.name, arm.areaText] + arm.targets.map(\.text) + ["\(decimals(100 * arm.finalAccuracy, 1)) %"]
        if reportsOutliers { row.append("\(decimals(100 * arm.outlierShare, 0)) %") }
        return row + [arm.comparisonText.isEmpty ? "–" : arm.comparisonText]
      }
  }
}
