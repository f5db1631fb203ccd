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
  public static func write(
    _ project: ProjectID, _ format: ExportFormat, _ consensus: ExportConsensus, safeCells: Bool = false,
    service: LabelingService,
    to write: ([UInt8]) throws -> Void
  ) throws {
    let single = consensus == .all
    let csv = CSVWriter(guardsFormulas: safeCells)
    var buffer: [UInt8] = []
    buffer.reserveCapacity(pieceSize + pieceSize / 4)
    var lines: ExportLines?
    try service.export(
      project, method: consensus.method,
      begin: {
        lines = ExportLines($0, single: single, csv: csv)
        if format == .csv { buffer += csv.record(ExportLines.columns) }
      }
    ) { item in
      guard let lines else { return }
      let said = item.record.said
      for range in single ? said.indices.map({ $0..<($0 + 1) }) : [said.indices] {
        switch format {
        case .jsonl: lines.appendObject(item, said[range], to: &buffer)
        case .csv: lines.appendRecord(item, said[range], to: &buffer)
        }
      }
      if buffer.count >= pieceSize {
        try write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    if !buffer.isEmpty { try write(buffer) }
  }
}
