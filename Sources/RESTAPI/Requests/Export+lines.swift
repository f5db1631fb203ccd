import Domain
import Formats
import Labeling
import Storage

/// Puts what an export says into bytes, without a string or a tree of values in between.
///
/// An export of millions of rows spends its time here. The bytes are those that ``JSONValue`` and ``CSVWriter`` would write.
struct ExportLines {
  private let head: ExportHead
  private let single: Bool
  private let method: [UInt8]
  /// The labels' names: as they are, and as JSON.
  private let labels: [(plain: [UInt8], json: [UInt8])]
  private let places: [LabelID: Int]
  private let annotators: [UserID: (plain: [UInt8], json: [UInt8])]
  private let imagePrefix: [UInt8]
  private let csv: CSVWriter

  /// - Parameter single: whether a row is an annotation, and not an item.
  init(_ head: ExportHead, single: Bool, csv: CSVWriter) {
    self.head = head
    self.csv = csv
    self.single = single
    method = Array(head.method.utf8)
    labels = head.project.labels.map { (Array($0.name.utf8), Self.json($0.name)) }
    places = Dictionary(uniqueKeysWithValues: head.project.labels.enumerated().map { ($0.element.id, $0.offset) })
    annotators = head.annotators.mapValues { (Array($0.utf8), Self.json($0)) }
    imagePrefix = Array("\(Endpoint.base)/projects/\(head.project.id)/items/".utf8)
  }

  private static func json(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(jsonText: Array(text.utf8))
    return bytes
  }

  // MARK: JSON Lines

  /// Appends a line with some of what was said about an item.
  func appendObject(_ item: borrowing ExportedItem, _ said: ArraySlice<ExportRecord.Said>, to out: inout [UInt8]) {
    out.append("{\"id\":\"")
    out.append(decimal: item.record.item.rawValue)
    out.append("\",\"key\":")
    out.append(jsonText: item.record.key)
    appendContent(item.record, to: &out)
    let consensus = answer(item, said)
    switch head.project.task {
    case .singleLabel:
      out.append(",\"label\":")
      if let first = consensus?.first { out.append(contentsOf: labels[first].json) } else { out.append("null") }
    case .multiLabel:
      out.append(",\"labels\":")
      if let consensus { appendLabels(consensus, to: &out) } else { out.append("null") }
    }
    if !single {
      out.append(",\"consensus\":{\"method\":\"")
      out.append(contentsOf: method)
      out.append("\",\"probability\":")
      out.append(jsonNumber: item.probability)
      out.append(",\"opinions\":")
      out.append(decimal: Int64(said.count { $0.outcome == .label }))
      out.append(item.isAdjudicated ? ",\"adjudicated\":true}" : ",\"adjudicated\":false}")
    }
    out.append(",\"state\":\"")
    out.append(contentsOf: item.record.state.name.utf8)
    out.append(item.record.evaluation ? "\",\"evaluation\":true,\"meta\":" : "\",\"evaluation\":false,\"meta\":")
    if item.record.meta.isEmpty { out.append("null") } else { out.append(contentsOf: item.record.meta) }
    out.append(",\"annotations\":[")
    for (index, entry) in said.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      append(entry, of: item.record, to: &out)
    }
    out.append("]}\n")
  }

  private func append(_ entry: ExportRecord.Said, of record: borrowing ExportRecord, to out: inout [UInt8]) {
    out.append("{\"id\":\"")
    out.append(decimal: entry.id.rawValue)
    out.append("\",\"annotator\":")
    if let name = annotators[entry.annotator] { out.append(contentsOf: name.json) } else { out.append("\"\"") }
    out.append(",\"outcome\":\"")
    out.append(contentsOf: entry.outcome.name.utf8)
    out.append("\",\"labels\":")
    appendLabels(record.labels(of: entry).compactMap { places[$0] }, to: &out)
    out.append(",\"note\":")
    if let note = entry.note { out.append(jsonText: note) } else { out.append("null") }
    out.append(",\"duration_ms\":")
    out.append(jsonInteger: entry.durationMilliseconds)
    out.append(",\"created_at\":\"")
    out.append(moment: entry.createdAt)
    out.append("\",\"strategy\":")
    out.append(jsonText: entry.strategy)
    out.append(",\"round\":")
    out.append(jsonInteger: entry.round)
    out.append(",\"rank\":")
    out.append(jsonInteger: entry.rank)
    out.append(",\"utility\":")
    out.append(jsonNumber: entry.utility)
    out.append(",\"propensity\":")
    out.append(jsonNumber: entry.propensity)
    out.append(entry.evaluation ? ",\"evaluation\":true}" : ",\"evaluation\":false}")
  }

  private func appendLabels(_ chosen: [Int], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    for (index, label) in chosen.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(contentsOf: labels[label].json)
    }
    out.append(UInt8(ascii: "]"))
  }

  private func appendContent(_ record: borrowing ExportRecord, to out: inout [UInt8]) {
    switch record.kind {
    case .text:
      out.append(",\"text\":")
      out.append(jsonText: record.content)
    case .vector:
      out.append(",\"vector\":[")
      Self.forEachNumber(of: record) { index, number in
        if index > 0 { out.append(UInt8(ascii: ",")) }
        out.append(jsonNumber: Double(number))
      }
      out.append(UInt8(ascii: "]"))
    case .image:
      out.append(",\"image_url\":\"")
      out.append(contentsOf: imagePrefix)
      out.append(decimal: record.item.rawValue)
      out.append("/image\"")
    case .none: break
    }
  }

  private static func forEachNumber(of record: borrowing ExportRecord, _ body: (Int, Float) -> Void) {
    record.content.withUnsafeBytes { bytes in
      for index in 0..<(bytes.count / 4) {
        body(index, bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self))
      }
    }
  }

  /// What the row says, one annotator's word or that of all together; `nil` where that is no answer.
  func answer(_ item: borrowing ExportedItem, _ said: ArraySlice<ExportRecord.Said>) -> [Int]? {
    guard single else { return item.consensus }
    return said.first.flatMap { entry in
      entry.outcome == .label ? item.record.labels(of: entry).compactMap { places[$0] } : nil
    }
  }

  // MARK: CSV

  static let columns = [
    "id", "key", "text", "image", "vector", "label", "outcome", "annotators", "annotation", "created_at", "strategy",
    "round", "rank", "utility", "propensity", "evaluation", "meta", "consensus", "probability", "adjudicated",
  ]

  /// Appends a record with some of what was said about an item.
  func appendRecord(_ item: borrowing ExportedItem, _ said: ArraySlice<ExportRecord.Said>, to out: inout [UInt8]) {
    let record = item.record
    let answer = answer(item, said)
    // The annotation that the item's label came from: the newest that agrees with it.
    let source =
      said.last { entry in
        entry.outcome == .label && record.labels(of: entry).compactMap { places[$0] } == answer
      } ?? said.last
    out.append(decimal: record.item.rawValue)
    csv.append(next: record.key, to: &out)
    csv.append(next: record.kind == .text ? record.content : [], to: &out)
    csv.append(next: record.kind == .image ? record.content + [UInt8(ascii: ".")] + record.format : [], to: &out)
    csv.append(next: record.kind == .vector ? Self.numbers(record) : [], to: &out)
    csv.append(next: joined((answer ?? []).lazy.map { labels[$0].plain }, RowMapping.labelSeparator), to: &out)
    csv.append(next: Array((source?.outcome.name ?? "").utf8), to: &out)
    csv.append(next: joined(said.lazy.map { annotators[$0.annotator]?.plain ?? [] }, ";"), to: &out)
    out.append(UInt8(ascii: ","))
    if let source { out.append(decimal: source.id.rawValue) }
    out.append(UInt8(ascii: ","))
    if let source { out.append(moment: source.createdAt) }
    csv.append(next: source?.strategy ?? [], to: &out)
    out.append(UInt8(ascii: ","))
    if let round = source?.round { out.append(decimal: Int64(round)) }
    out.append(UInt8(ascii: ","))
    if let rank = source?.rank { out.append(decimal: Int64(rank)) }
    append(number: source?.utility, to: &out)
    append(number: source?.propensity, to: &out)
    out.append(record.evaluation ? ",true" : ",false")
    csv.append(next: record.meta, to: &out)
    csv.append(next: single ? [] : method, to: &out)
    append(number: single ? nil : item.probability, to: &out)
    out.append(item.isAdjudicated ? ",true\n" : ",false\n")
  }

  private func append(number: Double?, to out: inout [UInt8]) {
    out.append(UInt8(ascii: ","))
    if let number { out.append(contentsOf: number.description.utf8) }
  }

  private static func numbers(_ record: borrowing ExportRecord) -> [UInt8] {
    var text: [UInt8] = []
    forEachNumber(of: record) { index, number in
      if index > 0 { text.append(UInt8(ascii: " ")) }
      text.append(contentsOf: "\(number)".utf8)
    }
    return text
  }

  private func joined(_ parts: some Sequence<[UInt8]>, _ separator: String) -> [UInt8] {
    var text: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if index > 0 { text.append(contentsOf: separator.utf8) }
      text.append(contentsOf: part)
    }
    return text
  }
}
