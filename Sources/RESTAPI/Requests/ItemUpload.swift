import Domain
import Formats
import Foundation
import HTTPCore
import Labeling
import Storage

/// A push of items in whatever form it comes: JSON, NDJSON, CSV, pictures of a form or a zip file, or one picture.
///
/// All but a JSON document are read as they arrive (a zip file from a scratch file, since its directory comes last), a few
/// hundred rows or a few megabytes at a time, so memory is bounded whatever the length. What was taken before a body breaks off stays; the problem document says how much that was.
struct ItemUpload {
  let call: Call

  static let mediaTypes = [
    "application/json", "application/x-ndjson", "text/csv", "text/tab-separated-values", "multipart/form-data",
    "application/zip", "image/png", "image/jpeg",
  ]
  static let parameters: [Endpoint.Parameter] = [
    .init(name: "text_column", schema: Schema.addressText, summary: "CSV: the column with the text (default: text)"),
    .init(name: "label_column", schema: Schema.addressText, summary: "CSV: the column with a known label"),
    .init(
      name: "label_separator", schema: Schema.addressText,
      summary: "CSV: what stands between the labels of an item that may have several (default: ;)"),
    .init(
      name: "key_column", schema: Schema.addressText, summary: "CSV: the column with the key (default: key, or id)"),
    .init(
      name: "ignore_columns", schema: Schema.addressText,
      summary: "CSV of vectors: columns that are no numbers of the vector, with commas between"),
    .init(name: "key", schema: Schema.addressText, summary: "A single picture: its key"),
    .init(
      name: "label_from", schema: Schema.choice(["folder"]),
      summary: "A zip file: take each picture's innermost folder as its known label"),
  ]

  func run() async throws -> HTTPResponse {
    var report = ImportReport()
    let project = try call.projectID()
    do {
      if let response = try await read(&report) { return response }
    } catch {
      // What came before the error is in the pool, and is ranked with it.
      if report.received > 0 { try await note(report) }
      if report.created > 0 { try await call.service.poolDidGrow(project) }
      throw error
    }
    try await note(report)
    if report.created > 0 { try await call.service.poolDidGrow(project) }
    return .json(Self.view(report))
  }

  /// Tells the audit log what the whole push came to; its items are kept batch by batch.
  private func note(_ report: ImportReport) async throws {
    let project = try call.projectID()
    try await call.service.audit(
      "items.import", AuditSubject("project", "\(project)", in: project),
      after: [
        "received": .integer(Int64(report.received)), "created": .integer(Int64(report.created)),
        "duplicates": .integer(Int64(report.duplicates)),
      ])
  }

  /// Reads the body; a document, which can be compared with what was sent before, is answered here.
  private func read(_ report: inout ImportReport) async throws -> HTTPResponse? {
    let type = HeaderValue(call.head.headers["Content-Type"] ?? "application/json")
    switch type.value {
    case "application/json": return try await json()
    case "application/x-ndjson", "application/jsonl", "application/ndjson": try await lines(&report)
    case "text/csv": try await csv(.csv, &report)
    case "text/tab-separated-values": try await csv(.tsv, &report)
    case "multipart/form-data": try await form(boundary: type["boundary"], &report)
    case "application/zip", "application/x-zip-compressed": try await archive(&report)
    case "image/png", "image/jpeg": try await picture(&report)
    default:
      throw ProblemDocument(
        status: .unsupportedMediaType,
        detail: "“\(type.value.prefix(100))” is not taken here. Taken: \(Self.mediaTypes.joined(separator: ", ")).")
    }
    return nil
  }

  private func json() async throws -> HTTPResponse {
    let bytes = try await Self.collect(call)
    return try await call.api.replay.run(call, body: bytes) { call in
      var report = ImportReport()
      var batch = RowBatch()
      for row in try JSONBody.decode(ItemBatch.self, from: bytes, members: ["items"], contentType: nil).items {
        batch.append(row.result, bytes: 0)
        if batch.isFull { try await add(&batch, &report) }
      }
      try await add(&batch, &report)
      try await note(report)
      if report.created > 0 { try await call.service.poolDidGrow(try call.projectID()) }
      return .json(Self.view(report))
    }
  }

  private func lines(_ report: inout ImportReport) async throws {
    var reader = JSONLinesReader()
    var batch = RowBatch()
    func take(_ lines: [JSONLine]) async throws {
      for line in lines {
        var bytes = 0
        if case .line(_, let text) = line { bytes = text.count }
        batch.append(Self.row(line), bytes: bytes)
        if batch.isFull { try await add(&batch, &report) }
      }
    }
    for try await chunk in call.body.chunks { try await take(reader.feed(chunk)) }
    try await take(reader.finish())
    try await add(&batch, &report)
  }

  private func csv(_ options: CSVOptions, _ report: inout ImportReport) async throws {
    let project = try call.service.project(try call.projectID(), visibleTo: try call.principal).project
    let mapping = RowMapping(
      modality: project.modality, textColumn: call.head.query["text_column"],
      labelColumn: call.head.query["label_column"],
      keyColumn: call.head.query["key_column"],
      ignored: Set((call.head.query["ignore_columns"] ?? "").split(separator: ",").map(String.init)),
      labelSeparator: try separator(for: project.task))
    var reader = CSVReader(options: options)
    var batch = RowBatch()
    func take(_ found: [CSVRow]) async throws {
      for row in found {
        switch row {
        case .record(let record):
          batch.append(
            mapping.row(names: record.header.names, fields: record.fields), number: record.row - 1,
            bytes: record.fields.reduce(0) { $0 + $1.utf8.count })
        case .rejected(let error): batch.append(.failure(FieldError("", "\(error)")), number: error.row - 1, bytes: 0)
        }
        if batch.isFull { try await add(&batch, &report) }
      }
    }
    do {
      for try await chunk in call.body.chunks { try await take(try reader.feed(chunk)) }
      try await take(try reader.finish())
    } catch let error as CSVError {
      try await add(&batch, &report)
      throw LabelingError.invalid("", "\(error). \(report.created) rows before it were taken.")
    }
    try await add(&batch, &report)
  }

  /// What stands between the labels of an item; `nil` where each has one.
  private func separator(for task: LabelingTask) throws -> String? {
    let given = call.head.query["label_separator"]
    guard task == .multiLabel else {
      guard given == nil else {
        throw LabelingError.invalid(
          "/label_separator", "An item of this project has one label: there is nothing to separate.")
      }
      return nil
    }
    if given?.isEmpty == true { throw LabelingError.invalid("/label_separator", "A separator is not empty.") }
    return given ?? RowMapping.labelSeparator
  }

  /// Files of a form: each is a picture whose key is its name.
  private func form(boundary: String?, _ report: inout ImportReport) async throws {
    var batch = RowBatch()
    func take(_ parts: [MultipartPart]) async throws {
      for part in parts {
        let row = Self.row(part)
        batch.append(row, bytes: (try? row.get().imageBytes?.count) ?? 0)
        if batch.isFull { try await add(&batch, &report) }
      }
    }
    do {
      var reader = try MultipartReader(boundary: boundary)
      for try await chunk in call.body.chunks { try await take(try reader.feed(chunk)) }
      try reader.finish()
    } catch let error as MultipartError {
      try await add(&batch, &report)
      throw ProblemDocument(
        status: .badRequest,
        detail: "The form cannot be read: \(error). \(report.created) items before that were taken.")
    }
    try await add(&batch, &report)
  }

  private func picture(_ report: inout ImportReport) async throws {
    var row = ItemRow()
    row.imageBytes = try await Self.collect(call)
    row.key = call.head.query["key"]
    var batch = RowBatch()
    batch.append(.success(row), bytes: 0)
    try await add(&batch, &report)
  }

  func add(_ batch: inout RowBatch, _ report: inout ImportReport) async throws {
    guard !batch.rows.isEmpty else { return }
    _ = try await call.service.addItems(
      batch.take(), to: try call.projectID(), by: try call.principal.user, into: &report)
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

  /// A part of a form as a row.
  private static func row(_ part: MultipartPart) -> Result<ItemRow, FieldError> {
    guard let name = part.fileName, !name.isEmpty else {
      return .failure(
        FieldError("", "The part “\(part.name.prefix(100))” has no file name: it becomes the item's key."))
    }
    switch part.content {
    case .tooLong(let limit): return .failure(FieldError("/image", "“\(name)” has more than \(limit) bytes."))
    case .bytes(let bytes):
      var row = ItemRow()
      row.key = name
      row.imageBytes = bytes
      return .success(row)
    }
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
          return .failure(FieldError("", "Line \(number) is not JSON, or a number in it is out of range."))
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
