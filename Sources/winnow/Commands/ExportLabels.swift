import ArgumentParser
import Domain
import Foundation
import Labeling
import RESTAPI

/// Writes a labelled set; works beside a running server.
struct ExportLabels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write what has been labelled, with where each label came from.")

  @OptionGroup var data: DataOption

  @Option(name: .long, help: "The project's name.")
  var project: String

  @Option(name: .long, help: "jsonl or csv.")
  var format = "jsonl"

  @Option(name: .long, help: "majority: one label an item; all: every annotation.")
  var consensus = "majority"

  @Option(name: .long, help: "The file to write; standard output without it.")
  var output: String?

  func validate() throws {
    guard ExportFormat(rawValue: format) != nil else {
      throw ValidationError(
        "“\(format)” is not a format: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard ["majority", "all"].contains(consensus) else {
      throw ValidationError("“\(consensus)” is not offered: majority, all.")
    }
  }

  func run() async throws {
    let workspace = try Workspace(existing: data.data, exclusive: false)
    let id = try workspace.project(named: project).project.id
    let format = ExportFormat(rawValue: format) ?? .jsonl
    if let output {
      // Written beside and renamed, so that an export that breaks off leaves no half file.
      let temporary = output + ".partial"
      guard FileManager.default.createFile(atPath: temporary, contents: nil),
        let file = FileHandle(forWritingAtPath: temporary)
      else { throw Failure("“\(output)” cannot be written: is there such a folder, and may you write to it?") }
      do {
        try Export.write(id, format, all: consensus == "all", service: workspace.service) {
          try file.write(contentsOf: Data($0))
        }
        try file.close()
        guard rename(temporary, output) == 0 else {
          throw Failure("“\(output)” cannot be written: \(String(cString: strerror(errno))).")
        }
      } catch {
        try? FileManager.default.removeItem(atPath: temporary)
        throw error
      }
    } else {
      try Export.write(id, format, all: consensus == "all", service: workspace.service) {
        try FileHandle.standardOutput.write(contentsOf: Data($0))
      }
    }
    await workspace.close()
  }
}
