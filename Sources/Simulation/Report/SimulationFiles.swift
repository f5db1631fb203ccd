import Foundation

/// The files that a simulation leaves in its folder.
public struct SimulationFiles: Sendable {
  private let result: SimulationResult
  private let summary: SimulationSummary

  /// Creates the files of a result.
  public init(result: SimulationResult, summary: SimulationSummary) {
    self.result = result
    self.summary = summary
  }

  /// Writes `curves.csv` and `summary.json`, each at once under its name.
  ///
  /// - Throws: ``SimulationError/folder(path:reason:)``.
  public func write(to directory: String) throws {
    let files = [("curves.csv", Data(result.csv)), ("summary.json", try summary.json())]
    for (name, content) in files {
      do {
        try content.write(to: URL(fileURLWithPath: directory + "/" + name), options: .atomic)
      } catch {
        throw SimulationError.folder(path: directory, reason: "\(name) can't be written: \(error.localizedDescription)")
      }
    }
  }
}
