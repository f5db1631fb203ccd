import Domain
import Formats
import Foundation
import HTTPCore
import Labeling

/// A push of items in whatever form it comes: JSON, NDJSON or CSV.
///
/// NDJSON and CSV are read as they arrive, a few hundred rows at a time, so memory is bounded whatever the length.
struct ItemUpload {
  let call: Call

  static let mediaTypes = [
    "application/json", "application/x-ndjson", "text/csv", "text/tab-separated-values", "image/png", "image/jpeg",
  ]
  static let parameters: [Endpoint.Parameter] = [
    .init(name: "text_column", schema: Schema.text, summary: "CSV: the column with the text (default: text)"),
    .init(name: "label_column", schema: Schema.text, summary: "CSV: the column with a known label"),
    .init(name: "key_column", schema: Schema.text, summary: "CSV: the column with the key (default: key, or id)"),
    .init(name: "key", schema: Schema.text, summary: "A single picture: its key"),
  ]
  /// Rows that are written together.
  private static let batchSize = 500

  func run() async throws -> HTTPResponse {
    let header = call.head.headers["Content-Type"] ?? "application/json"
    let type = header.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } ?? ""
    var report = ImportReport()
    let project = try call.projectID()
    switch type {
    case "application/json": try await json(&report)
    case "application/x-ndjson", "application/jsonl", "application/ndjson": try await lines(&report)
    case "text/csv": try await csv(.csv, &report)
    case "text/tab-separated-values": try await csv(.tsv, &report)
    case "image/png", "image/jpeg": try await picture(&report)
    default:
      throw ProblemDocument(
        status: .unsupportedMediaType,
        detail: "“\(type.prefix(100))” is not taken here. Taken: \(Self.mediaTypes.joined(separator: ", ")).")
    }
    if report.created > 0 { try await call.service.poolDidGrow(project) }
    return .json(Self.view(report))
  }

  private func json(_ report: inout ImportReport) async throws {
    let batch = try JSONBody.decode(ItemBatch.self, from: try await Self.collect(call), contentType: nil)
    for start in stride(from: 0, to: batch.items.count, by: Self.batchSize) {
      let rows = batch.items[start..<min(start + Self.batchSize, batch.items.count)]
      try await add(rows.enumerated().map { (start + $0, $1.result) }, &report)
    }
  }

  private func lines(_ report: inout ImportReport) async throws {
    var reader = JSONLinesReader()
    var rows: [(number: Int, row: Result<ItemRow, FieldError>)] = []
    var number = 0
    for try await chunk in call.body.chunks {
      for line in reader.feed(chunk) {
        rows.append((number, Self.row(line)))
        number += 1
      }
      try await flush(&rows, &report, atLeast: Self.batchSize)
    }
    for line in reader.finish() {
      rows.append((number, Self.row(line)))
      number += 1
    }
    try await flush(&rows, &report, atLeast: 1)
  }

  private func csv(_ options: CSVOptions, _ report: inout ImportReport) async throws {
    let modality = try call.service.project(try call.projectID(), visibleTo: try call.principal).project.modality
    let mapping = RowMapping(
      modality: modality, textColumn: call.head.query["text_column"], labelColumn: call.head.query["label_column"],
      keyColumn: call.head.query["key_column"])
    var reader = CSVReader(options: options)
    var rows: [(number: Int, row: Result<ItemRow, FieldError>)] = []
    func take(_ found: [CSVRow]) throws {
      for row in found {
        switch row {
        case .record(let record):
          rows.append((record.row - 1, mapping.row(names: record.header.names, fields: record.fields)))
        case .rejected(let error): rows.append((error.row - 1, .failure(FieldError("", "\(error)"))))
        }
      }
    }
    do {
      for try await chunk in call.body.chunks {
        try take(try reader.feed(chunk))
        try await flush(&rows, &report, atLeast: Self.batchSize)
      }
      try take(try reader.finish())
    } catch let error as CSVError {
      throw LabelingError.invalid("", "\(error). \(report.created) rows before it were taken.")
    }
    try await flush(&rows, &report, atLeast: 1)
  }

  private func picture(_ report: inout ImportReport) async throws {
    var row = ItemRow()
    row.imageBytes = try await Self.collect(call)
    row.key = call.head.query["key"]
    try await add([(0, .success(row))], &report)
  }

  private func flush(
    _ rows: inout [(number: Int, row: Result<ItemRow, FieldError>)], _ report: inout ImportReport, atLeast: Int
  ) async throws {
    while rows.count >= atLeast, !rows.isEmpty {
      let batch = Array(rows.prefix(Self.batchSize))
      rows.removeFirst(batch.count)
      try await add(batch, &report)
    }
  }

  private func add(_ rows: [(number: Int, row: Result<ItemRow, FieldError>)], _ report: inout ImportReport) async throws
  {
    _ = try await call.service.addItems(rows, to: try call.projectID(), by: try call.principal.user, into: &report)
  }

  /// A streamed body as a whole, up to what a JSON body may have.
  static func collect(_ call: Call) async throws -> [UInt8] {
    let limit = 64 << 20
    var bytes: [UInt8] = []
    for try await chunk in call.body.chunks {
      bytes += chunk
      if bytes.count > limit {
        throw ProblemDocument(
          status: .contentTooLarge,
          detail:
            "As one document at most \(limit >> 20) MiB are taken. Send application/x-ndjson: it is read as it arrives."
        )
      }
    }
    return bytes
  }

  /// A line of NDJSON as a row.
  static func row(_ line: JSONLine) -> Result<ItemRow, FieldError> {
    switch line {
    case .tooLong(let number, let limit):
      return .failure(FieldError("", "Line \(number) is longer than \(limit) bytes."))
    case .line(let number, let bytes):
      do {
        return .success(try JSONDecoder().decode(ItemRow.self, from: Data(bytes)))
      } catch let error as ValidationError {
        return .failure(error.errors.first ?? FieldError("", "\(error)"))
      } catch let error as DecodingError {
        if case .dataCorrupted(let context) = error, context.codingPath.isEmpty {
          return .failure(FieldError("", "Line \(number) is not JSON."))
        }
        return .failure(JSONBody.fieldError(error, below: 0))
      } catch {
        return .failure(FieldError("", "Line \(number) cannot be read: \(error)."))
      }
    }
  }

  static func rejection(row: Int, _ error: FieldError) -> JSONValue {
    ["row": .integer(Int64(row)), "pointer": .string(error.pointer), "detail": .string(error.detail)]
  }

  static func view(_ report: ImportReport) -> JSONValue {
    [
      "received": .integer(Int64(report.received)), "created": .integer(Int64(report.created)),
      "duplicates": .integer(Int64(report.duplicates)), "rejected_count": .integer(Int64(report.rejectedCount)),
      "rejected": .array(report.rejected.map { rejection(row: $0.row, $0.error) }),
    ]
  }
}
