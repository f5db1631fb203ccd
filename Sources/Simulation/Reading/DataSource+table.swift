import Features
import Formats
import Tensors

extension DataSource {
  /// Reads delimited text: a text column, or every numeric column but the label and the id.
  func readTable(_ format: Format) throws -> LabelledItems {
    var options: CSVOptions = format == .tsv ? .tsv : .csv
    if let quoting { options.quoting = quoting }
    if let columns { options.header = .names(columns) }
    var rows = RowCollector(source: self)
    var reader = CSVReader(options: options)
    var table: TableColumns?
    func take(_ parsed: [CSVRow]) throws {
      for row in parsed {
        switch row {
        case .rejected(let error): rows.reject("\(error)")
        case .record(let record):
          if let filter {
            guard let value = record[filter.column] else { throw problem("there is no column “\(filter.column)”.") }
            if value != filter.value { continue }
          }
          let columns = try table ?? TableColumns(self, first: record)
          table = columns
          try columns.take(record, into: &rows)
        }
      }
    }
    var chunks = try FileChunks(path: path)
    while let chunk = try chunks.next() { try take(try reader.feed(chunk)) }
    try take(try reader.finish())
    return try rows.finish()
  }
}

/// Which columns of a table hold what.
private struct TableColumns {
  let label: Int
  /// Columns joined to the text; empty for vectors.
  let text: [Int]
  /// Columns of the vector.
  let numbers: [Int]

  init(_ source: DataSource, first record: CSVRecord) throws {
    let names = record.header.names
    func position(_ name: String) throws -> Int {
      guard let position = record.header.position(of: name) else {
        throw source.problem("there is no column “\(name)”; it has \(names.map { "“\($0)”" }.joined(separator: ", ")).")
      }
      return position
    }
    label = try position(source.labelColumn)
    if source.modality == .image {
      throw source.problem("a table holds texts or vectors, not images; give a folder, a zip, IDX or NPZ files.")
    }
    if source.modality != .vector {
      let single = record.header.position(of: source.textColumn)
      text = try single.map { [$0] } ?? source.textColumn.split(separator: ",").map { try position(String($0)) }
      numbers = []
      return
    }
    text = []
    let left = Set([source.idColumn ?? "id", source.labelColumn, "key"]).union(source.ignoredColumns)
    // The first record tells which columns are numeric; from then on anything else in them is an error.
    numbers = names.indices.filter { !left.contains(names[$0]) && Float(trimmed(record.fields[$0])) != nil }
    if numbers.isEmpty { throw source.problem("it has no numeric column beside the label and the id.") }
  }

  func take(_ record: CSVRecord, into rows: inout RowCollector) throws {
    let name = trimmed(record.fields[label])
    if name.isEmpty { return rows.reject("line \(record.line): has no label") }
    if numbers.isEmpty {
      return rows.add(text: text.map { record.fields[$0] }.joined(separator: " "), label: name)
    }
    var values: [Float] = []
    values.reserveCapacity(numbers.count)
    for column in numbers {
      guard let value = Float(trimmed(record.fields[column])), value.isFinite else {
        return rows.reject(
          "line \(record.line): “\(record.fields[column].prefix(40))” in column “\(record.header.names[column])” is not"
            + " a finite number")
      }
      values.append(value)
    }
    rows.add(vector: values, label: name)
  }
}

private func trimmed(_ field: String) -> String {
  guard field.utf8.first == UInt8(ascii: " ") || field.utf8.last == UInt8(ascii: " ") else { return field }
  return String(field.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}

/// Collects rows of one kind with their labels, and what was wrong with the others.
struct RowCollector {
  private let source: DataSource
  private var texts: [RawItem] = []
  private var values: [Float] = []
  private var width = 0
  private var names: [String] = []
  private var rejected = 0
  private var firstProblem = ""

  init(source: DataSource) { self.source = source }

  /// Notes a row that can't be used.
  mutating func reject(_ problem: String) {
    if rejected == 0 { firstProblem = problem }
    rejected += 1
  }

  mutating func add(text: String, label: String) {
    texts.append(.text(text))
    names.append(label)
  }

  mutating func add(vector: [Float], label: String) {
    if names.isEmpty { width = vector.count }
    if vector.count != width {
      return reject("a vector has \(vector.count) numbers where the first has \(width)")
    }
    values.append(contentsOf: vector)
    names.append(label)
  }

  func finish() throws -> LabelledItems {
    let notes = rejected == 0 ? [] : ["\(rejected) rows can't be used; the first: \(firstProblem)."]
    if names.isEmpty {
      throw source.problem((["it holds no labelled row that can be used."] + notes).joined(separator: " "))
    }
    let content: LabelledItems.Content =
      texts.isEmpty ? .numbers(Matrix(rows: names.count, columns: width, values: values), nil) : .raw(texts)
    return LabelledItems(content: content, names: names, notes: notes)
  }
}
