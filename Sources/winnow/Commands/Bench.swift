import ArgumentParser
import Benchmarking
import Foundation
import Learning
import Simulation

/// Work for the comparisons under Benchmarks/, which run it beside other programs.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure queries and training, and judge what other programs choose to label.", shouldDisplay: false,
    subcommands: [BenchKernels.self, BenchLabels.self])
}

/// Queries and training on a pool that other programs read too.
struct BenchKernels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Time workloads over a pool and print a line of JSON for each.")

  @Argument(help: "Strategies by name, or train, train_cnn, train_linear, kmeans, limits.")
  var workloads: [String] = []

  @Option(name: .long, help: "The folder with pool.json and pool.f32; a model in model.safetensors is used or written.")
  var folder: String?

  @Option(name: .long, help: "Draw a pool of this many rows in memory instead.")
  var rows: Int?

  @Option(name: .long, help: "Features of a drawn pool.")
  var columns = 384

  @Option(name: .long, help: "Runs of each workload.")
  var repetitions = 5

  @Option(name: .long, help: "Items that a query chooses.")
  var batch = 100

  @Option(name: .long, help: "Passes of Monte-Carlo dropout.")
  var passes = 20

  func run() async throws {
    let pool: BenchmarkPool
    var model: TrainedModel?
    let file = folder.map { URL(filePath: $0).appending(path: "model.safetensors") }
    if let folder {
      pool = try BenchmarkPool(folder: folder)
      if let file, let data = try? Data(contentsOf: file) { model = try TrainedModel(safetensors: Array(data)) }
    } else {
      pool = BenchmarkPool(rows: rows ?? 100_000, columns: columns, classes: 10, labelled: 200, seed: 1)
    }
    let benchmark = try Benchmark(
      pool: pool, folder: folder, model: model, batch: batch, passes: passes, repetitions: repetitions)
    if model == nil, let file { try benchmark.modelFile().write(to: file) }
    for name in workloads {
      let result = try benchmark.run(name)
      Terminal.say(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
    }
  }
}

/// Labels that other programs ask for, judged by one head.
struct BenchLabels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels", abstract: "Write features for other programs, or judge the rows that they chose.")

  @OptionGroup var source: SimulationDataOptions
  @OptionGroup var options: SimulationOptions

  @Option(name: .long, help: "The folder that features are written to and rows are read from.")
  var out: String

  @Flag(name: .long, help: "Write features and stop.")
  var export = false

  @Flag(name: .long, help: "Keep this program's own curves of an earlier run.")
  var keepOwn = false

  func run() async throws {
    let parameters = try options.parameters
    let study = try LabelStudy(data: try source.read(), test: try source.readTest(), parameters: parameters)
    let comparison = LabelComparison(study: study, parameters: parameters, folder: out)
    if export { return try comparison.export() }
    try comparison.judge(replaysOwn: !keepOwn)
  }
}
