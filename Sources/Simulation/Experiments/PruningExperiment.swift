import Learning
import Tensors

/// Weights that can be removed step by step before accuracy falls.
///
/// Reduced against the paper: 3,000 training images of MNIST and a perceptron 784–128–10.
struct PruningExperiment: Experiment {
  static let name = "pruning"
  static let summary = "Iterative magnitude pruning of a perceptron on MNIST to 98 % sparsity."
  static let paper = "Han et al., Learning both Weights and Connections for Efficient Neural Networks, 2015"

  private static let sparsities = [0, 0.5, 0.8, 0.9, 0.95, 0.98]

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let (pool, test) = try context.mnist(pool: 3000, test: 2000)
    let seeds = context.seeds ?? 5
    let (train, held) = (pool.labelledSet, test.labelledSet)
    let journal = Measurements(setting: "pruning-1", arms: Self.sparsities.map { "\($0)" }, seeds: seeds)
    // One training gives the figures of all sparsities, so a seed is measured at once and shared by its arms.
    let measured = SeedResults<[Double]>()
    let values = try journal.run(context) { arm, seed, isCancelled in
      try measured.value(for: seed) {
        let configuration = TrainingConfiguration(
          architecture: .perceptron(hidden: [128], dropout: 0.2), epochs: 30, learningRate: 0.001, seed: UInt64(seed))
        return try prune(
          train, configuration, validation: held, sparsities: Array(Self.sparsities.dropFirst()),
          isCancelled: isCancelled
        ).map(\.accuracy)
      }[arm]
    }
    let points = zip(Self.sparsities, values).map { Chart.Point(x: 100 * $0, values: $1) }
    let rows = zip(Self.sparsities, values).map { sparsity, values in
      let kept = Int((Double(784 * 128 + 128 * 10) * (1 - sparsity)).rounded())
      return ["\(decimals(100 * sparsity, 0)) %", "\(kept)", percent(values)]
    }
    return ExperimentOutcome(
      chart: Chart(
        title: "Pruning a perceptron on MNIST", xLabel: "weights removed, in percent", yLabel: "accuracy",
        series: [.init(name: "magnitude pruning", points: points)], isPercent: true),
      table: [["weights removed", "weights left", "accuracy"]] + rows)
  }
}

extension LabelledItems {
  /// The items as a set to train on or to test with.
  var labelledSet: LabelledSet {
    LabelledSet(features: numbers.0, labels: labels, classes: classNames.count)
  }
}
