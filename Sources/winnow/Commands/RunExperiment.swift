import ArgumentParser
import Foundation
import Simulation

/// Reproduces a published result of the field.
struct RunExperiment: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment", abstract: "Reproduce a published result of the field, with its plot.",
    discussion: ExperimentRegistry.all.map { "\($0.name): \($0.summary) (\($0.paper))" }.joined(separator: "\n"))

  @Argument(help: "The experiment's name; see below.")
  var name: String

  @Option(name: .long, help: "The folder of data sets, which holds digits and mnist.")
  var data = "../shared/data"

  @Option(
    name: .long, help: "The folder that the plot is written to, and the table where its README.md has a place for it.")
  var out = "docs/results"

  @Option(name: .long, help: "The folder that keeps finished runs, so that a cut experiment goes on.")
  var runs = ".build/experiments"

  @Option(name: .long, help: "Seeds, in place of the experiment's own number.")
  var seeds: Int?

  func validate() throws {
    do { _ = try ExperimentRegistry.make(name) } catch { throw ValidationError("\(error)") }
    if let seeds, seeds < 1 { throw ValidationError("--seeds is 1 or more.") }
  }

  func run() async throws {
    let experiment = try ExperimentRegistry.make(name)
    let interruption = Interruption()
    let meter = ProgressMeter()
    defer { meter.end() }
    let context = ExperimentContext(
      data: data, directory: runs + "/" + name, seeds: seeds, progress: { meter.show($0) },
      isCancelled: { interruption.isRequested })
    let outcome = try await inBackground { try experiment.run(context) }
    try outcome.write(name, to: URL(fileURLWithPath: out))
    Terminal.say(outcome.markdown)
  }
}
