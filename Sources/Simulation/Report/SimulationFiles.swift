import Foundation

/// The files that a simulation leaves in its folder.
public struct SimulationFiles: Sendable {
  private let result: SimulationResult
  private let summary: SimulationSummary
  private let title: String

  /// Creates the files of a result; the title stands above chart and report.
  public init(result: SimulationResult, summary: SimulationSummary, title: String) {
    self.result = result
    self.summary = summary
    self.title = title
  }

  /// Writes `curves.csv`, `summary.json`, `curves.svg` and `report.html`, each at once under its name.
  ///
  /// - Throws: ``SimulationError/folder(path:reason:)``.
  public func write(to directory: String) throws {
    let chart = result.chart(title: title)
    let files = [
      ("curves.csv", Data(result.csv)), ("summary.json", try summary.json()), ("curves.svg", Data(chart.svg.utf8)),
      ("report.html", Data(SimulationReport(summary: summary, chart: chart).html.utf8)),
    ]
    for (name, content) in files {
      do {
        try content.write(to: URL(fileURLWithPath: directory + "/" + name), options: .atomic)
      } catch {
        throw SimulationError.folder(path: directory, reason: "\(name) can't be written: \(error.localizedDescription)")
      }
    }
  }
}
