import ArgumentParser
import Domain
import Foundation
import HTTPServer
import Labeling

/// Makes an example project where there is none, serves it, and prints a link to label at.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Label something right now: makes an example project, serves it and prints a link.",
    discussion: "Without --images or --csv it takes the short support messages that come with the program.")

  @OptionGroup var data: DataOption
  @OptionGroup var server: ServerOptions

  @Option(name: .long, help: "A folder of images of the digits 0 to 9.")
  var images: String?

  @Option(name: .long, help: "A CSV with the columns id, text and label; the labels only name the choices.")
  var csv: String?

  func run() async throws {
    let logger = Logs.make(server.level, format: server.format)
    let workspace = try Workspace(path: data.data, exclusive: true, logger: logger)
    let project: ProjectOverview
    do {
      project = try await prepare(workspace)
    } catch {
      await workspace.close()
      throw error
    }
    let id = project.project.id
    try await RunningServer(workspace: workspace, options: server, logger: logger).run { address in
      // An annotator can label and nothing else: a link that leaks gives away no more than that.
      let secret = try await workspace.service.createToken(
        name: "you", role: .annotator, projects: [id], lifetime: 30 * 86_400)
      Terminal.say("")
      Terminal.say("  Label here:  \(address)/label.html?project=\(id)#token=\(secret)")
      Terminal.say("")
      Terminal.say("  Digits choose a label, Space skips, Backspace undoes. A model retrains after each 20 labels.")
      Terminal.say("  Ctrl-C stops; the labels stay in \(workspace.folder.path).")
    }
  }

  private static let digits = """
    Each picture is **one handwritten digit**, 8 × 8 pixels. Choose the digit that you read.

    - If two are possible, choose the likelier one.
    - `Space` skips what cannot be read; `F` flags a picture that does not belong here.
    """

  private static let messages = """
    Each item is **one message to a shop's support**. Choose the team that should answer it.

    - If it is about several things, choose what its writer needs first.
    - `Space` skips what you cannot decide; `F` flags a message that does not belong here.
    """

  private func prepare(_ workspace: Workspace) async throws -> ProjectOverview {
    let name = images != nil ? "Handwritten digits" : "Support messages"
    if let known = workspace.service.project(named: name), known.counts.items > 0 { return known }
    let path = images ?? csv ?? workspace.installation.examples + "/support-messages.csv"
    if images == nil, csv == nil {
      Terminal.complain("no --images or --csv: taking the example messages in \(path)")
    }
    var options = try SourceOptions.parse([])
    options.format = images != nil ? "images" : "csv"
    let plan = ProjectPlan(
      labels: images != nil ? (0...9).map(String.init) : nil, labelsFrom: images != nil ? nil : "label",
      guidelines: images != nil ? Self.digits : Self.messages, settings: SettingsPatch())
    let report = try await Importing(workspace: workspace, project: name).run(
      file: path, options: options, modality: images != nil ? .image : .text, making: plan)
    Terminal.complain("\(report.created) items are in the project “\(name)”")
    guard let project = workspace.service.project(named: name) else { throw Failure("The project was not made.") }
    return project
  }
}
