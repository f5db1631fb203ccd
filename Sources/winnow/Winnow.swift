import ArgumentParser
import Foundation
import Storage

/// The command line: wiring and configuration, nothing else.
@main
struct Winnow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "winnow",
    abstract: "An active-learning annotation server: it asks people for the labels that teach a model most.",
    version: "0.1.0",
    subcommands: [
      Serve.self, Demo.self, Import.self, ExportLabels.self, Simulate.self, RunExperiment.self, Token.self,
      UserCommand.self, Doctor.self, BackUp.self, Restore.self,
      Bench.self,
    ])

  /// Runs a command; exit codes are 0, 1 for a failure and 2 for wrong usage.
  static func main() async {
    do {
      // What a command changes is put down to whoever sits at the machine.
      try await AuditOrigin.$current.withValue(.commandLine) {
        var command = try parseAsRoot()
        if var asynchronous = command as? any AsyncParsableCommand {
          try await asynchronous.run()
        } else {
          try command.run()
        }
      }
    } catch {
      let code = exitCode(for: error)
      if code == .success {
        print(message(for: error))
        Foundation.exit(0)
      }
      if let silent = error as? ExitCode { Foundation.exit(silent.rawValue) }
      let usage = code == .validationFailure
      Terminal.complain(usage ? fullMessage(for: error) : "winnow: \(describe(error))")
      Foundation.exit(usage ? 2 : 1)
    }
  }

  private static func describe(_ error: any Error) -> String {
    "\(error)"
  }
}

/// What goes to a person at a terminal rather than to a program that reads the output.
enum Terminal {
  /// Whether standard error is a terminal: only there progress is shown.
  static var isInteractive: Bool { isatty(2) == 1 }

  /// Writes a line to standard error.
  static func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Replaces the line of progress, on a terminal only.
  static func progress(_ text: String) {
    guard isInteractive else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }

  /// Ends the line of progress.
  static func endProgress() {
    guard isInteractive else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }

  /// Writes to standard output at once.
  static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
