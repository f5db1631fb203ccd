public import Foundation

/// What an experiment found.
public struct ExperimentOutcome: Sendable {
  /// The plot.
  public var chart: Chart
  /// The figures: a row of heads, then rows.
  public var table: [[String]]

  /// Creates an outcome.
  public init(chart: Chart, table: [[String]]) {
    self.chart = chart
    self.table = table
  }

  /// The figures as a table in Markdown.
  public var markdown: String {
    guard let head = table.first else { return "" }
    let rule = head.indices.map { $0 == 0 ? "---" : "---:" }
    return ([head, rule] + table.dropFirst()).map { row in
      "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }.joined(separator: "\n") + "\n"
  }

  /// Writes the plot as `NAME.svg`, and the table to the folder's `README.md` where that has a place for it.
  ///
  /// The place is what stands between the lines `<!-- NAME -->` and `<!-- /NAME -->`.
  /// - Returns: the files that were written.
  /// - Throws: ``SimulationError/folder(path:reason:)``.
  @discardableResult
  public func write(_ name: String, to folder: URL) throws -> [URL] {
    let plot = folder.appendingPathComponent("\(name).svg")
    let document = folder.appendingPathComponent("README.md")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(chart.svg.utf8).write(to: plot, options: .atomic)
      guard let text = try? String(contentsOf: document, encoding: .utf8),
        let changed = replacingTable(name, in: text)
      else { return [plot] }
      try Data(changed.utf8).write(to: document, options: .atomic)
    } catch {
      throw SimulationError.folder(path: folder.path, reason: error.localizedDescription)
    }
    return [plot, document]
  }

  /// The document with the table in its place; nil where it has none.
  func replacingTable(_ name: String, in document: String) -> String? {
    let (opening, closing) = ("<!-- \(name) -->\n", "<!-- /\(name) -->")
    guard let start = document.firstRange(of: opening)?.upperBound,
      let end = document[start...].firstRange(of: closing)?.lowerBound
    else { return nil }
    return document[..<start] + markdown + document[end...]
  }
}
