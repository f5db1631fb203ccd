import ArgumentParser
import Domain
import Foundation
import Labeling
import RESTAPI
import Storage

/// Writes a labelled set; works beside a running server.
struct ExportLabels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write what has been labelled, with where each label came from.")

  @OptionGroup var data: DataOption

  @Option(name: .long, help: "The project's name.")
  var project: String

  @Option(name: .long, help: "jsonl or csv.")
  var format = "jsonl"

  @Option(name: .long, help: "majority or dawid-skene: one answer an item; all: every annotation.")
  var consensus = "majority"

  @Flag(
    name: .long,
    help:
      "In a CSV, put an apostrophe before what a spreadsheet would run as a formula; programs then read other texts.")
  var safeCells = false

  @Option(name: .long, help: "The file to write; standard output without it.")
  var output: String?

  func validate() throws {
    guard ExportFormat(rawValue: format) != nil else {
      throw ValidationError(
        "“\(format)” is not a format: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard ExportConsensus(rawValue: consensus) != nil else {
      throw ValidationError(
        "“\(consensus)” is not offered: \(ExportConsensus.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
  }

  func run() async throws {
    let workspace = try Workspace(existing: data.data, exclusive: false)
    let id = try workspace.project(named: project).project.id
    let format = ExportFormat(rawValue: format) ?? .jsonl
    let consensus = ExportConsensus(rawValue: consensus) ?? .majority
    // Whoever sits at the machine can read the file itself: a disk that is full is no reason to refuse them.
    try? await workspace.service.audit(
      "export.download", AuditSubject("project", "\(id)", in: id),
      after: ["format": .string(format.rawValue), "consensus": .string(consensus.rawValue)])
    if let output {
      // Written beside and renamed, so that an export that breaks off leaves no half file.
      let temporary = output + ".partial"
      guard FileManager.default.createFile(atPath: temporary, contents: nil),
        let file = FileHandle(forWritingAtPath: temporary)
      else { throw Failure("“\(output)” cannot be written: is there such a folder, and may you write to it?") }
      do {
        try Export.write(id, format, consensus, safeCells: safeCells, service: workspace.service) {
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
      try Export.write(id, format, consensus, safeCells: safeCells, service: workspace.service) {
        try FileHandle.standardOutput.write(contentsOf: Data($0))
      }
    }
    await workspace.close()
  }
}
