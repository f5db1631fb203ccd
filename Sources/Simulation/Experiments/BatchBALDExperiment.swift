import Tensors

/// BatchBALD against the best ten by BALD where every image is there three times.
///
/// Reduced against the paper: 1,500 images three times instead of 60,000, a perceptron instead of a convolutional network.
struct BatchBALDExperiment: Experiment {
  static let name = "batchbald"
  static let summary = "Batches by joint information against the best by BALD, on MNIST with every image three times."
  static let paper = "Kirsch, van Amersfoort and Gal, BatchBALD, 2019"

  func run(_ context: ExperimentContext) throws -> ExperimentOutcome {
    let (pool, test) = try context.mnist(pool: 1500, test: 2000)
    let parameters = SimulationParameters(
      strategies: ["random", "bald", "power_bald", "batch_bald", "margin_diverse"], labels: 250,
      seeds: context.seeds ?? 3, epochs: 40, measuresCeiling: false)
    return try Comparison(
      title: "Repeated MNIST, perceptron, batches of 10", pool: Self.repeated(pool, times: 3, noise: 0.1), test: test,
      groups: [.init(parameters: parameters)], accuracies: [0.7, 0.75, 0.8]
    ).run(context)
  }

  /// Every image several times, each with noise of its own.
  static func repeated(_ items: LabelledItems, times: Int, noise: Float) -> LabelledItems {
    let (pixels, shape) = items.numbers
    var all = pixels.gatherRows((0..<times).flatMap { _ in 0..<pixels.rows })
    var generator = SeededGenerator(seed: 0, stream: 0x9E9EA7)
    all.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] += noise * generator.normal() } }
    return LabelledItems(
      content: .numbers(all, shape), labels: (0..<times).flatMap { _ in items.labels }, classNames: items.classNames)
  }
}
