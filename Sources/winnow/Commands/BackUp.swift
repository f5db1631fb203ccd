import ArgumentParser
import Domain
import Foundation
import Labeling
import Storage

/// Copies a data folder while it is in use.
struct BackUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy a data folder, also beside a running server; or check a copy.",
    subcommands: [Create.self, Verify.self], defaultSubcommand: Create.self)

  /// Makes a copy.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy the database as of now, with the pictures, features and models that it refers to.")

    @OptionGroup var data: DataOption

    @Option(name: .long, help: "Where to: a name that ends in .tar, or a folder that is made.")
    var to: String

    @Flag(name: .long, help: "Leave out the feature matrices: the next round computes them again.")
    var withoutFeatures = false

    func run() async throws {
      let target = URL(fileURLWithPath: to).path
      guard !FileManager.default.fileExists(atPath: target) else {
        throw Failure("“\(to)” is there already, and a backup never replaces anything. Choose another name with --to.")
      }
      let workspace = try Workspace(existing: data.data, exclusive: false)
      do {
        try await workspace.service.audit("backup.write", AuditSubject("backup"), after: ["to": .string(target)])
      } catch let error as StorageError where error.isRefusal {
        // The copy goes elsewhere, and is never needed more than now.
        Terminal.complain("the audit log could not be written: \(error)")
      }
      let summary = try BackupFile(target: target, features: !withoutFeatures).write(from: workspace.service)
      await workspace.close()
      Terminal.say("\(summary.files) files, \(summary.bytes) bytes in “\(to)”")
      if summary.missingPictures > 0 {
        Terminal.complain(
          "\(summary.missingPictures) pictures are missing or damaged in the data folder and could not be copied; ask winnow doctor"
        )
      }
    }
  }

  /// Checks a copy.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that a backup is whole: every sum, the database, and that no picture is missing.")

    @Argument(help: "The tar file or folder.")
    var backup: String

    func run() throws {
      let known = try Store.newestSchema(migrations: try Installation().migrations)
      let summary = try Restoration(from: URL(fileURLWithPath: backup).path).verify(knownSchema: known)
      Terminal.say("“\(backup)” is whole: \(summary.files) files, \(summary.bytes) bytes")
    }
  }
}

/// Makes a data folder out of a backup.
struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a data folder out of a backup; everything is checked before it gets its name.")

  @Argument(help: "The tar file or folder.")
  var backup: String

  @Option(name: .long, help: "The data folder that is made; one that is there must be empty.")
  var data: String

  func run() throws {
    let known = try Store.newestSchema(migrations: try Installation().migrations)
    let summary = try Restoration(from: URL(fileURLWithPath: backup).path)
      .restore(to: URL(fileURLWithPath: data).path, knownSchema: known)
    Terminal.say("restored \(summary.files) files, \(summary.bytes) bytes to “\(data)”")
  }
}
