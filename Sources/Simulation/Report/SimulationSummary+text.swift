public import Foundation
import Learning

extension SimulationSummary {
  /// The summary as JSON with sorted keys in snake case.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // A paired t statistic is infinite where all differences are the same.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }

  /// The figures as a table for a terminal.
  public var table: String {
    var rows = [["strategy", "area under curve"] + targetNames + ["against random"]]
    for strategy in strategies {
      rows.append([strategy.name, strategy.areaText] + strategy.targets.map(\.text) + [strategy.comparisonText])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return ([heading] + lines).joined(separator: "\n")
  }

  /// The targets, as column heads.
  var targetNames: [String] { strategies.first?.targets.map(\.name) ?? [] }

  /// What was measured, in a line.
  var heading: String {
    let full = fullDataAccuracy.map { ", accuracy with all labels \(decimals(100 * $0, 1)) %" } ?? ""
    return "\(poolCount) items, \(classes) classes, \(seeds) seeds\(full); median labels to reach an accuracy:"
  }
}

extension SimulationSummary.Strategy {
  /// The area with its interval.
  var areaText: String {
    let reach = areaInterval.map { " ± \(decimals(($0.upper - $0.lower) / 2, 4))" } ?? ""
    return decimals(areaUnderCurve, 4) + reach
  }

  /// The difference to random with its p-value.
  var comparisonText: String {
    guard let comparison = againstRandom else { return "" }
    let sign = comparison.meanDifference < 0 ? "" : "+"
    let p = comparison.tPValue < 0.0001 ? "p < 0.0001" : "p = \(decimals(comparison.tPValue, 4))"
    return "\(sign)\(decimals(comparison.meanDifference, 4)), \(p)"
  }
}

extension SimulationSummary.Reach {
  /// The median, with the share saved.
  var text: String {
    guard let median = medianLabels else { return "–" }
    let saved = savedAgainstRandom.map { " (\($0 < 0 ? "+" : "−")\(decimals(abs(100 * $0), 0)) %)" } ?? ""
    return decimals(median, median == median.rounded() ? 0 : 1) + saved
  }
}
