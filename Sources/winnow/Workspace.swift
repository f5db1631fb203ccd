import ArgumentParser
import Domain
import Foundation
import Labeling
import Logging
import RESTAPI
import Storage

/// The option that every command shares.
struct DataOption: ParsableArguments {
  @Option(name: .long, help: "The data folder; it is made where it is missing.")
  var data = "winnow-data"
}

/// A data folder that a command has opened.
struct Workspace {
  let service: LabelingService
  let store: Store
  let folder: DataFolder
  let installation: Installation

  /// Opens a data folder.
  ///
  /// - Parameter exclusive: whether pools and rounds will be changed, which one process at a time may do.
  init(path: String, exclusive: Bool, logger: Logger? = nil) throws {
    installation = try Installation()
    folder = try DataFolder(path: URL(fileURLWithPath: path).path, exclusive: exclusive)
    store = try Store(path: folder.database, migrations: installation.migrations)
    service = try LabelingService(folder: folder, store: store, logger: logger ?? Logs.make(.warning))
  }

  /// Opens a data folder that must exist already.
  init(existing path: String, exclusive: Bool) throws {
    let database = URL(fileURLWithPath: path).appendingPathComponent("winnow.sqlite").path
    guard FileManager.default.fileExists(atPath: database) else {
      throw Failure("“\(path)” is not a data folder: there is no winnow.sqlite in it. Choose another with --data.")
    }
    try self.init(path: path, exclusive: exclusive)
  }

  /// The project of that name.
  func project(named name: String) throws -> ProjectOverview {
    guard let overview = service.project(named: name) else {
      let known = try service.projects(visibleTo: .commandLine).map(\.project.name)
      throw Failure(
        "There is no project “\(name)”. "
          + (known.isEmpty ? "There are none yet." : "There are: \(known.joined(separator: ", "))."))
    }
    return overview
  }

  func close() async {
    await service.stop()
    store.close()
  }
}

extension Principal {
  /// Whoever can run the program on the data folder.
  static let commandLine = Principal(user: User(id: UserID(0), name: "command line"), role: .admin)
}

extension AuditOrigin {
  /// A command on this machine.
  static var commandLine: AuditOrigin {
    AuditOrigin(principal: .commandLine, address: "command line of \(NSUserName())")
  }
}

/// Logging: one line an event on standard error.
enum Logs {
  static func make(_ level: Logger.Level, format: LogFormat = .text) -> Logger {
    var logger = Logger(label: "winnow") { _ in LineLogHandler(format: format) }
    logger.logLevel = level
    return logger
  }
}
