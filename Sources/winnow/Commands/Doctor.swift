import ArgumentParser
import Domain
import Foundation
import Labeling
import Storage

/// Looks at a data folder and says what is wrong with it.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the installation and a data folder: database, pictures, features, models.")

  @OptionGroup var data: DataOption

  func run() async throws {
    let installation = try Installation()
    Terminal.say("ok    installation at \(installation.root)")
    let workspace = try Workspace(path: data.data, exclusive: false)
    var problems = 0
    for finding in try workspace.service.examine() {
      Terminal.say((finding.isProblem ? "BAD   " : "ok    ") + finding.text)
      if finding.isProblem { problems += 1 }
    }
    await workspace.close()
    guard problems == 0 else { throw Failure("\(problems) problem\(problems == 1 ? "" : "s") found.") }
  }
}
