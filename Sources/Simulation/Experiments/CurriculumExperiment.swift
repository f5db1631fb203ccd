import Learning
import Tensors

/// Shapes of little variety first, then those of the task, to see whether it helps to begin with what is easy.
///
/// Reduced against the paper: images of 16 × 16 pixels instead of 32 × 32, 5,000 of each kind instead of 10,000, hidden layers
/// of 200, 100 and 100 instead of 300, 32 epochs of Adam instead of 256 of plain gradient descent; the images are drawn by
/// ``ShapeDrawing``.
struct CurriculumExperiment: Experiment {
  static let name = "curriculum"
  static let summary = "Easy shapes before hard ones: error on hard shapes by the epoch at which training changes over."
  static let paper = "Bengio et al., Curriculum Learning, 2009"

  private static let epochs = 32
  private static let switches = [0, 2, 4, 8, 16]
  private static let count = 5000

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let seeds = context.seeds ?? 5
    let arms = Self.switches.map { "switch at \($0)" } + ["mixed, easy first", "mixed, shuffled", "mixed, hard first"]
    let sets = SeedResults<(basic: LabelledSet, hard: LabelledSet, test: LabelledSet)>()
    let values = try Measurements(setting: "curriculum-4", arms: arms, seeds: seeds).run(context) {
      arm, seed, isCancelled in
      let (basic, hard, test) = try sets.value(for: seed) {
        func draw(_ kind: ShapeDrawing.Kind, _ count: Int, _ stream: UInt64) -> LabelledSet {
          ShapeDrawing.set(kind, count: count, seed: UInt64(seed), stream: stream).labelledSet
        }
        return (draw(.basic, Self.count, 1), draw(.geometric, Self.count, 2), draw(.geometric, 2000, 3))
      }
      let model =
        arm < Self.switches.count
        ? try inTwoSteps(basic, hard, switchingAt: Self.switches[arm], seed: seed, isCancelled: isCancelled)
        : try mixed(
          basic, hard, [.easyFirst, .none, .hardFirst][arm - Self.switches.count], seed: seed, isCancelled: isCancelled)
      return 1 - accuracy(of: try model.probabilities(of: test.features.view), labels: test.labels)
    }
    let points = zip(Self.switches, values).map { Chart.Point(x: Double($0), values: $1) }
    let last = Double(Self.switches[Self.switches.count - 1])
    let lines = zip(arms, values).dropFirst(Self.switches.count).map { name, values in
      Chart.Series(
        name: name, points: [0, last].map { Chart.Point(x: $0, y: mean(values)) }, isDashed: true)
    }
    return ExperimentOutcome(
      chart: Chart(
        title: "Easy shapes first, \(Self.epochs) epochs in all", xLabel: "epochs on easy shapes before the hard ones",
        yLabel: "test error on hard shapes", series: [.init(name: "easy, then hard", points: points)] + lines,
        isPercent: true),
      table: [["training", "test error on hard shapes", "worst seed"]]
        + zip(arms, values).map { [$0, percent($1), "\(decimals(100 * ($1.max() ?? 0), 1)) %"] })
  }

  /// Trains on easy shapes for some epochs, then goes on with hard ones; as many epochs whenever it changes over.
  private func inTwoSteps(
    _ basic: LabelledSet, _ hard: LabelledSet, switchingAt epoch: Int, seed: Int, isCancelled: () -> Bool
  ) throws -> TrainedModel {
    let second = configuration(epochs: Self.epochs - epoch, seed: seed)
    if epoch == 0 { return try train(hard, second, isCancelled: isCancelled) }
    let start = try train(basic, configuration(epochs: epoch, seed: seed), isCancelled: isCancelled)
    return try train(hard, second, options: TrainingOptions(start: start), isCancelled: isCancelled)
  }

  /// Trains on both kinds in the order that losses under a first model give: the program's own curriculum.
  private func mixed(
    _ basic: LabelledSet, _ hard: LabelledSet, _ curriculum: Curriculum, seed: Int, isCancelled: () -> Bool
  ) throws -> TrainedModel {
    var features = Matrix(rows: basic.count + hard.count, columns: basic.features.columns)
    features.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress else { return }
      basic.features.withUnsafeBufferPointer {
        if let from = $0.baseAddress { base.update(from: from, count: $0.count) }
      }
      hard.features.withUnsafeBufferPointer { source in
        if let from = source.baseAddress {
          (base + basic.count * basic.features.columns).update(from: from, count: source.count)
        }
      }
    }
    let both = LabelledSet(features: features, labels: basic.labels + hard.labels, classes: basic.classes)
    let first = try train(both, configuration(epochs: 4, seed: seed), isCancelled: isCancelled)
    // Both kinds are there in each epoch, so half as many epochs are as many steps.
    return try train(
      both, configuration(epochs: Self.epochs / 2, seed: seed),
      options: TrainingOptions(order: try curriculum.order(for: both, after: first)), isCancelled: isCancelled)
  }

  private func configuration(epochs: Int, seed: Int) -> TrainingConfiguration {
    TrainingConfiguration(
      architecture: .network(NetworkShape(hidden: [200, 100, 100], dropout: 0)), epochs: epochs, minimumSteps: 0,
      learningRate: 0.001, seed: UInt64(seed))
  }
}
