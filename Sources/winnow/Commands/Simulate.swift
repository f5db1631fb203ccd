import ArgumentParser
import Foundation
import Simulation

/// Replays a labelled set as if people labelled it.
struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Replay a labelled set as if people labelled it, and compare strategies.",
    discussion: """
      Writes curves.csv, summary.json, curves.svg and report.html to the folder. A run that was cut goes on where it \
      stopped, and the same seeds give the same curves.
      """)

  @OptionGroup var source: SimulationDataOptions
  @OptionGroup var options: SimulationOptions

  @Option(name: .long, help: "The folder for the results; it is made where it is missing.")
  var out: String

  @Flag(name: .long, help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    do { try options.parameters.validate() } catch { throw ValidationError("\(error)") }
  }

  func run() async throws {
    let parameters = try options.parameters
    let data = try source.read()
    let test = try source.readTest()
    for note in data.notes + (test?.notes ?? []) { Terminal.complain(note) }
    let simulation = try Simulation(data: data, test: test, parameters: parameters)
    let interruption = Interruption()
    let meter = ProgressMeter()
    defer { meter.end() }
    let out = out
    let result = try await inBackground {
      try simulation.run(
        directory: out, progress: { meter.show($0) }, isCancelled: { interruption.isRequested })
    }
    let summary = try result.summary(parameters)
    try SimulationFiles(result: result, summary: summary, title: source.title).write(to: out)
    if json {
      Terminal.say(String(decoding: try summary.json(), as: UTF8.self))
    } else {
      Terminal.say(summary.table)
      Terminal.say("curves.csv, summary.json, curves.svg and report.html are in \(out)")
    }
  }
}

/// Runs work that keeps its thread busy where no task waits for one.
func inBackground<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread { continuation.resume(with: Result { try work() }) }
    thread.stackSize = 8 << 20
    thread.start()
  }
}
