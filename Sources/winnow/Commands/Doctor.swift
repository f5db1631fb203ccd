import ArgumentParser
import Domain
import Foundation
import Labeling
import Storage

/// Looks at a data folder, says what is wrong with it, and mends what is safe to mend.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the installation and a data folder: database, pictures, features, models, states.",
    discussion: "Ends with 0 where all is sound, and with 1 where something needs attention.")

  @OptionGroup var data: DataOption

  @Flag(name: .long, help: "Mend what can be mended without touching a label; no server may run on the folder.")
  var repair = false

  @Flag(name: .long, help: "Print the findings as JSON.")
  var json = false

  func run() async throws {
    let installation = try Installation()
    if !json { Terminal.say("ok    installation at \(installation.root)") }
    let workspace = try Workspace(path: data.data, exclusive: repair)
    var problems = 0
    var rows: [JSONValue] = []
    for finding in try workspace.service.examine() {
      let mended = repair ? try await workspace.service.mend(finding) : nil
      if finding.isProblem, mended == nil { problems += 1 }
      rows.append([
        "check": .string(finding.check), "level": .string(finding.level.rawValue), "text": .string(finding.text),
        "can_be_mended": .bool(finding.remedy != nil), "mended": .optional(mended),
      ])
      if !json { say(finding, mended: mended) }
    }
    await workspace.close()
    if json {
      Terminal.say(JSONValue.object([("problems", .integer(Int64(problems))), ("findings", .array(rows))]).text())
    }
    guard problems == 0 else { throw Failure("\(problems) problem\(problems == 1 ? "" : "s") found.") }
  }

  private func say(_ finding: Finding, mended: String?) {
    let mark =
      switch finding.level {
      case .sound: "ok    "
      case .note: "note  "
      case .problem: "BAD   "
      }
    let hint = finding.remedy != nil && !repair ? " (winnow doctor --repair mends it)" : ""
    Terminal.say(mark + finding.text + (mended.map { ": \($0)" } ?? hint))
  }
}
