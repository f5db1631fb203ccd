import Domain
import Formats
import Labeling

/// What an export will hold, before it is taken away.
struct ExportPreview: Sendable {
  /// Rows that it will have; a table's header is none.
  var rows = 0
  /// The beginning of the file, byte for byte.
  var head: [UInt8] = []
  /// Rows in `head`.
  var shown = 0
  /// Whether `head` ends in the middle of its last row.
  var isCut = false
}

extension Export {
  /// Bytes of the file that are shown at most, however long its rows are.
  private static let headSize = 128 << 10

  /// Thrown to end a walk whose rest is of no interest.
  private struct Enough: Error {}

  /// Counts the rows of an export, and writes the first of them.
  ///
  /// Labelling goes on: what is said between this and the export comes along.
  /// - Parameters:
  ///   - limit: how many rows are written.
  ///   - isCancelled: asked now and then; once it says so the count ends.
  /// - Complexity: O(annotations) without the items' contents; for a filter by label that of their consensus.
  static func preview(
    _ project: ProjectID, _ format: ExportFormat, _ consensus: ExportConsensus, safeCells: Bool,
    filter: ExportFilter, limit: Int, service: LabelingService, isCancelled: () -> Bool
  ) throws -> ExportPreview {
    var preview = ExportPreview()
    let csv = CSVWriter(guardsFormulas: safeCells)
    try forEachRow(of: project, consensus, filter, csv: csv, counts: true, service: service) { _, _, _ in
      preview.rows += 1
      if preview.rows.isMultiple(of: 4096), isCancelled() { throw CancellationError() }
    }
    if format == .csv { preview.head += csv.record(ExportLines.columns) }
    let wanted = min(limit, preview.rows)
    guard wanted > 0 else { return preview }
    do {
      try forEachRow(of: project, consensus, filter, csv: csv, service: service) { lines, item, said in
        switch format {
        case .jsonl: lines.appendObject(item, said, to: &preview.head)
        case .csv: lines.appendRecord(item, said, to: &preview.head)
        }
        preview.shown += 1
        if preview.head.count > headSize {
          preview.isCut = true
          // No character is torn: a byte that goes on with one is not its first.
          var end = headSize
          while end > 0, preview.head[end] & 0xC0 == 0x80 { end -= 1 }
          preview.head.removeSubrange(end...)
        }
        // Contents are read for the rows that are shown, and for those before the last of them.
        if preview.shown == wanted || preview.isCut { throw Enough() }
      }
    } catch is Enough {}
    return preview
  }
}
