import Learning
import Tensors

/// Soft targets carry what a network trained on everything knows to one that sees 3 % of the labelled items, and a committee
/// of few labels to one student over the unlabelled pool.
///
/// Reduced against the paper, whose task is speech: 6,000 images of MNIST, of which 3 % are 180.
struct DistillationExperiment: Experiment {
  static let name = "distillation"
  static let summary =
    "A student of 3 % of the labels by hard labels, by an ensemble's soft targets, and over the pool."
  static let paper = "Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015"

  private static let arms = [
    "one network, all labels", "ensemble, all labels", "one network, 3 %",
    "one network, 3 %, soft targets at temperature 1", "one network, 3 %, soft targets at temperature 2",
    "one network, 3 %, soft targets at temperature 4", "ensemble, 3 %", "student of the 3 % ensemble over the pool",
  ]

  /// The arms' names in the plot's legend.
  private static let legend = [
    "1 all labels", "2 ensemble, all labels", "3 3 % of the labels", "4 3 %, soft, τ = 1", "5 3 %, soft, τ = 2",
    "6 3 %, soft, τ = 4", "7 ensemble, 3 %", "8 student of 7",
  ]

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let (pool, test) = try context.mnist(pool: 6000, test: 2000)
    let (train, held) = (pool.labelledSet, test.labelledSet)
    let few = train.count * 3 / 100
    let teachers = SeedResults<(all: Ensemble, few: Ensemble)>()
    let measurements = Measurements(setting: "distillation-2", arms: Self.arms, seeds: context.seeds ?? 5)
    let values = try measurements.run(context) { arm, seed, isCancelled in
      var order = Array(0..<train.count)
      var generator = SeededGenerator(seed: UInt64(seed), stream: 0xD157)
      generator.shuffle(&order)
      let small = train.subset(Array(order.prefix(few)))
      let configuration = TrainingConfiguration(
        architecture: .perceptron(hidden: [128], dropout: 0.5), epochs: 20, minimumSteps: 1000, learningRate: 0.001,
        seed: UInt64(seed))
      let (all, committee) = try teachers.value(for: seed) {
        (
          try Ensemble.train(train, configuration, members: 3, isCancelled: isCancelled),
          try Ensemble.train(small, configuration, members: 5, isCancelled: isCancelled)
        )
      }
      let probabilities: Matrix
      switch arm {
      case 0: probabilities = try all.members[0].probabilities(of: held.features.view)
      case 1: probabilities = try all.probabilities(of: held.features.view)
      case 2: probabilities = try committee.members[0].probabilities(of: held.features.view)
      case 3, 4, 5:
        let student = try distill(
          all, over: Matrix(rows: 0, columns: train.features.columns).view, labelled: small, configuration,
          settings: Distillation(temperature: [1, 2, 4][arm - 3], labelShare: 0), isCancelled: isCancelled)
        probabilities = try student.probabilities(of: held.features.view)
      case 6: probabilities = try committee.probabilities(of: held.features.view)
      default:
        let student = try distill(
          committee, over: train.features.view, labelled: small, configuration, isCancelled: isCancelled)
        probabilities = try student.probabilities(of: held.features.view)
      }
      return accuracy(of: probabilities, labels: held.labels)
    }
    let series = zip(Self.legend, values).enumerated().map { index, arm in
      Chart.Series(name: arm.0, points: [Chart.Point(x: Double(index + 1), values: arm.1)])
    }
    return ExperimentOutcome(
      chart: Chart(
        title: "Distillation on MNIST: rows of the table", xLabel: "row of the table", yLabel: "accuracy",
        series: series, isPercent: true),
      table: [["", "trained", "accuracy"]]
        + zip(Self.arms, values).enumerated().map { ["\($0 + 1)", $1.0, percent($1.1)] })
  }
}
