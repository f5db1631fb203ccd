import Domain
import Formats
import Foundation
import Labeling

/// A file or a folder that items are read from, one after another.
struct ItemSource {
  let path: String
  let format: SourceFormat
  let options: SourceOptions
  let modality: Modality
  /// What is between the labels of an item; `nil` where each has one.
  private let separator: String?
  /// The column that a project's labels are taken from: the truth about each row, and so never one of its features.
  private let labelsFrom: String?

  init(
    path: String, options: SourceOptions, modality: Modality?, task: LabelingTask = .singleLabel,
    labelsFrom: String? = nil
  ) throws {
    guard FileManager.default.fileExists(atPath: path) else { throw Failure("There is no file or folder “\(path)”.") }
    guard let format = options.format.flatMap(SourceFormat.init(rawValue:)) ?? SourceFormat(path: path) else {
      throw Failure("The name of “\(path)” does not tell its format: say --format csv, tsv, jsonl, npy or images.")
    }
    self.path = path
    self.format = format
    self.options = options
    self.labelsFrom = labelsFrom
    self.modality = modality ?? (format == .images ? .image : format == .npy ? .vector : .text)
    if format == .npy, self.modality != .vector {
      throw Failure("The rows of “\(path)” are vectors; to go with texts they are given as --embeddings.")
    }
    if options.embeddings != nil, ![.csv, .tsv, .jsonl].contains(format) {
      throw Failure("--embeddings goes with the rows of CSV, TSV or JSON Lines.")
    }
    separator = task == .multiLabel ? options.labelSeparator ?? RowMapping.labelSeparator : nil
    if task == .singleLabel, options.labelSeparator != nil {
      throw Failure("--label-separator is for projects with several labels an item: --task multi_label.")
    }
  }

  /// Calls `body` with each row and the share of the source that has been read.
  func forEach(_ body: (Result<ItemRow, FieldError>, _ share: Double) async throws -> Void) async throws {
    var taken = 0
    var embeddings = try EmbeddingRows(path: options.embeddings)
    func pass(_ row: Result<ItemRow, FieldError>, _ share: Double, embedding: [Float]? = nil) async throws -> Bool {
      try await body(embedding == nil ? row : row.map { $0.with(embedding: embedding) }, share)
      taken += 1
      return taken < options.limit ?? .max
    }
    switch format {
    case .images:
      let folder = try ImageFolder(path: path)
      for skipped in folder.skipped.prefix(20) {
        Terminal.complain("skipped \(skipped.relativePath): \(skipped.reason.rawValue)")
      }
      for (index, image) in folder.images.enumerated() {
        var row = ItemRow()
        row.key = image.relativePath
        row.imageBytes = FileManager.default.contents(atPath: image.path).map { Array($0) }
        if options.labelColumn == "folder" { row.label = image.label }
        let share = Double(index + 1) / Double(folder.images.count)
        guard try await pass(.success(row), share) else { return }
      }
    case .csv, .tsv:
      let mapping = mapping
      try await forEachRecord { names, fields, problem, share in
        let embedding = try embeddings.next()
        if let problem { return try await pass(.failure(problem), share) }
        guard matches({ column in names.firstIndex(of: column).map { fields[$0] } }) else { return true }
        return try await pass(mapping.row(names: names, fields: fields), share, embedding: embedding)
      }
    case .jsonl:
      try await forEachObject { object, problem, share in
        let embedding = try embeddings.next()
        if let problem { return try await pass(.failure(problem), share) }
        guard matches({ column in object[column].flatMap(Self.plain) }) else { return true }
        return try await pass(row(of: object), share, embedding: embedding)
      }
    case .npy:
      var rows = try NPYRows(path: path)
      var number = 0
      while let vector = try rows.next() {
        var row = ItemRow()
        row.key = "\(number)"
        row.vector = vector
        number += 1
        guard try await pass(.success(row), Double(number) / Double(rows.count)) else { return }
      }
    }
    if taken < options.limit ?? .max { try embeddings.expectEnd() }
  }

  /// The distinct values of a column, in order of their first appearance; for images, of the folders.
  func values(of column: String) async throws -> [String] {
    var seen: Set<String> = []
    var values: [String] = []
    func note(_ value: String?) {
      guard let value else { return }
      let names = separator.map { RowMapping.labels(in: value, separator: $0) ?? [] } ?? [value]
      for name in names where !name.isEmpty && seen.insert(name).inserted { values.append(name) }
    }
    switch format {
    case .images:
      guard column == "folder" else { throw Failure("Of images only the folder can be used: say folder.") }
      for image in try ImageFolder(path: path).images { note(image.label) }
    case .npy: throw Failure("“\(path)” has numbers only: name the labels with --labels a,b,c.")
    case .csv, .tsv:
      var known = true
      try await forEachRecord { names, fields, _, _ in
        if !names.isEmpty, !names.contains(column) {
          known = false
          return false
        }
        note(names.firstIndex(of: column).flatMap { $0 < fields.count ? fields[$0] : nil })
        return true
      }
      guard known else { throw Failure("There is no column “\(column)” in \(path).") }
    case .jsonl:
      try await forEachObject { object, _, _ in
        if case .array(let list)? = object[column] {
          for value in list {
            if let name = Self.plain(value), !name.isEmpty, seen.insert(name).inserted { values.append(name) }
          }
        } else {
          note(object[column].flatMap(Self.plain))
        }
        return true
      }
    }
    return values
  }

  private var mapping: RowMapping {
    var ignored = Set((options.ignoreColumns ?? "").split(separator: ",").map(String.init))
    if let labelsFrom { ignored.insert(labelsFrom) }
    return RowMapping(
      modality: modality, textColumn: options.textColumn, labelColumn: options.labelColumn,
      keyColumn: options.idColumn, ignored: ignored, labelSeparator: separator)
  }

  private func matches(_ value: (String) -> String?) -> Bool {
    guard let condition = options.where, let equals = condition.firstIndex(of: "=") else { return true }
    return value(String(condition[..<equals])) == String(condition[condition.index(after: equals)...])
  }

  // MARK: Tables

  private func forEachRecord(
    _ body: (_ names: [String], _ fields: [String], FieldError?, _ share: Double) async throws -> Bool
  ) async throws {
    var settings: CSVOptions = format == .tsv ? .tsv : .csv
    if options.noQuotes { settings.quoting = false }
    if let columns = options.columns, options.noHeader {
      settings.header = .names(columns.split(separator: ",").map(String.init))
    }
    var reader = CSVReader(options: settings)
    func pass(_ rows: [CSVRow], _ share: Double) async throws -> Bool {
      for row in rows {
        switch row {
        case .record(let record):
          guard try await body(record.header.names, record.fields, nil, share) else { return false }
        case .rejected(let error):
          guard try await body([], [], FieldError("", "\(error)"), share) else { return false }
        }
      }
      return true
    }
    var chunks = try FileChunks(path: path)
    var read = 0
    let size = max(1, (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 1)
    while let chunk = try chunks.next() {
      read += chunk.count
      guard try await pass(try reader.feed(chunk), min(1, Double(read) / Double(size))) else { return }
    }
    _ = try await pass(try reader.finish(), 1)
  }

  // MARK: JSON Lines

  private func forEachObject(_ body: (JSONValue, FieldError?, _ share: Double) async throws -> Bool) async throws {
    var reader = JSONLinesReader()
    func pass(_ lines: [JSONLine], _ share: Double) async throws -> Bool {
      for line in lines {
        let more: Bool
        switch line {
        case .tooLong(let number, let limit):
          more = try await body(.null, FieldError("", "Line \(number) is longer than \(limit) bytes."), share)
        case .line(let number, let bytes):
          if let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)), case .object = value {
            more = try await body(value, nil, share)
          } else {
            more = try await body(.null, FieldError("", "Line \(number) is not a JSON object."), share)
          }
        }
        guard more else { return false }
      }
      return true
    }
    var chunks = try FileChunks(path: path)
    var read = 0
    let size = max(1, (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 1)
    while let chunk = try chunks.next() {
      read += chunk.count
      guard try await pass(reader.feed(chunk), min(1, Double(read) / Double(size))) else { return }
    }
    _ = try await pass(reader.finish(), 1)
  }

  private func row(of object: JSONValue) -> Result<ItemRow, FieldError> {
    var row = ItemRow()
    row.key = (options.idColumn ?? ["key", "id"].first { object[$0] != nil }).flatMap { object[$0] }.flatMap(Self.plain)
    do throws(FieldError) { try read(options.labelColumn.flatMap { object[$0] }, into: &row) } catch {
      return .failure(error)
    }
    row.meta = object["meta"]
    row.predictions = object["predictions"]
    if let embedding = object["embedding"] {
      guard let numbers = Self.numbers(embedding) else {
        return .failure(FieldError("/embedding", "It is no list of numbers."))
      }
      row.embedding = numbers
    }
    switch modality {
    case .text: row.text = object[options.textColumn ?? "text"].flatMap(Self.plain)
    case .image: row.image = object["image"].flatMap(Self.plain)
    case .vector:
      guard let numbers = object["vector"].flatMap(Self.numbers) else {
        return .failure(FieldError("/vector", "It is missing, or no list of numbers."))
      }
      row.vector = numbers
    }
    return .success(row)
  }

  /// Reads a label, or a list of them where an item may have several.
  private func read(_ value: JSONValue?, into row: inout ItemRow) throws(FieldError) {
    let place = "/\(options.labelColumn ?? "label")"
    switch (value, separator) {
    case (.array(let list)?, _):
      let names = list.compactMap(Self.plain)
      guard names.count == list.count else { throw FieldError(place, "It is no list of labels.") }
      row.labels = names
    case (let value?, let separator?):
      row.labels = Self.plain(value).flatMap { RowMapping.labels(in: $0, separator: separator) }
    case (let value?, nil): row.label = Self.plain(value)
    case (nil, _): break
    }
  }

  private static func plain(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .bool(let truth): "\(truth)"
    default: nil
    }
  }

  private static func numbers(_ value: JSONValue) -> [Float]? {
    guard case .array(let values) = value else { return nil }
    let numbers = values.compactMap { value -> Float? in
      switch value {
      case .integer(let number): Float(number)
      case .number(let number): Float(number)
      default: nil
      }
    }
    return numbers.count == values.count ? numbers : nil
  }
}
