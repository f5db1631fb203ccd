public import Domain
import Formats
import Foundation
public import Labeling
import Storage

/// The formats in which labels can be taken away.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// An object a line, with all annotations and where they came from.
  case jsonl
  /// A row an item (or an annotation), for spreadsheets and data frames.
  case csv

  /// Its media type.
  public var mediaType: String {
    switch self {
    case .jsonl: "application/x-ndjson"
    case .csv: "text/csv; charset=utf-8"
    }
  }
}

/// What stands in a row of an export.
public enum ExportConsensus: String, CaseIterable, Sendable {
  /// An item with the label that most chose.
  case majority
  /// An item with the label of Dawid and Skene's model.
  case dawidSkene = "dawid-skene"
  /// An annotation.
  case all

  /// How opinions become one answer.
  var method: ConsensusSettings.Method { self == .dawidSkene ? .dawidSkene : .majority }
}

/// Writes labelled sets.
public enum Export {
  private static let pieceSize = 64 << 10

  /// Calls `write` with one piece of the export after another, all from one consistent snapshot.
  ///
  /// - Parameters:
  ///   - consensus: what stands in a row.
  ///   - safeCells: whether cells of a table that a spreadsheet would run as a formula get an apostrophe in front.
  ///   - filter: which rows are held.
  public static func write(
    _ project: ProjectID, _ format: ExportFormat, _ consensus: ExportConsensus, safeCells: Bool = false,
    filter: ExportFilter = ExportFilter(), service: LabelingService,
    to write: ([UInt8]) throws -> Void
  ) throws {
    let csv = CSVWriter(guardsFormulas: safeCells)
    var buffer: [UInt8] = []
    buffer.reserveCapacity(pieceSize + pieceSize / 4)
    try forEachRow(
      of: project, consensus, filter, csv: csv, service: service,
      begin: { if format == .csv { buffer += csv.record(ExportLines.columns) } }
    ) { lines, item, said in
      switch format {
      case .jsonl: lines.appendObject(item, said, to: &buffer)
      case .csv: lines.appendRecord(item, said, to: &buffer)
      }
      if buffer.count >= pieceSize {
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    if !buffer.isEmpty { try write(buffer) }
  }

  /// Calls `body` with each row that a filter holds: the one place that says what is a row, for who writes and who counts.
  ///
  /// - Parameter counts: whether rows are only counted: then they lack contents, and answers that no filter asks for.
  static func forEachRow(
    of project: ProjectID, _ consensus: ExportConsensus, _ filter: ExportFilter, csv: CSVWriter,
    counts: Bool = false, service: LabelingService, begin: () -> Void = {},
    _ body: (ExportLines, borrowing ExportedItem, ArraySlice<ExportRecord.Said>) throws -> Void
  ) throws {
    let single = consensus == .all
    var lines: ExportLines?
    var wanted: Int?
    try service.export(
      project, method: consensus.method, withContent: !counts,
      withAnswers: !counts || filter.label != nil && !single,
      begin: { head in
        lines = ExportLines(head, single: single, csv: csv)
        wanted = filter.label.flatMap { name in head.project.labels.firstIndex { $0.name == name } }
        begin()
      }
    ) { item in
      guard let lines else { return }
      let said = item.record.said
      for range in single ? said.indices.map({ $0..<($0 + 1) }) : [said.indices] {
        let row = said[range]
        let answer = wanted == nil ? nil : lines.answer(item, row)
        guard filter.holds(item, row, answer: answer, wanted: wanted) else { continue }
        try body(lines, item, row)
      }
    }
  }
}
