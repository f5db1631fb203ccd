import Features
import Formats
import Foundation

extension DataSource {
  /// Reads JSON Lines: a text, or a list of numbers under `vector` or `embedding`.
  func readJSONLines() throws -> LabelledItems {
    if modality == .image { throw problem("images are read from a folder, a zip, IDX or NPZ files.") }
    var rows = RowCollector(source: self)
    var reader = JSONLinesReader()
    func take(_ lines: [JSONLine]) {
      for line in lines {
        switch line {
        case .tooLong(let number, let limit): rows.reject("line \(number): is longer than \(limit) bytes")
        case .line(let number, let bytes):
          guard let object = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] else {
            rows.reject("line \(number): is not a JSON object")
            continue
          }
          if let filter, object[filter.column].flatMap(Self.plain) != filter.value { continue }
          add(object, number: number, to: &rows)
        }
      }
    }
    var chunks = try FileChunks(path: path)
    while let chunk = try chunks.next() { take(reader.feed(chunk)) }
    take(reader.finish())
    return try rows.finish()
  }

  private func add(_ object: [String: Any], number: Int, to rows: inout RowCollector) {
    guard let label = object[labelColumn].flatMap(Self.plain), !label.isEmpty else {
      return rows.reject("line \(number): “\(labelColumn)” is missing, or not one label")
    }
    if modality == .vector {
      let list = (object["vector"] ?? object["embedding"]) as? [Any]
      guard let vector = list?.compactMap({ ($0 as? NSNumber)?.floatValue }), vector.count == list?.count,
        !vector.isEmpty, vector.allSatisfy(\.isFinite)
      else { return rows.reject("line \(number): “vector” is missing, or not a list of finite numbers") }
      return rows.add(vector: vector, label: label)
    }
    let names = object[textColumn] == nil ? textColumn.split(separator: ",").map(String.init) : [textColumn]
    let parts = names.compactMap { object[$0].flatMap(Self.plain) }
    guard parts.count == names.count else {
      return rows.reject("line \(number): “\(textColumn)” is missing, or not a text")
    }
    rows.add(text: parts.joined(separator: " "), label: label)
  }

  private static func plain(_ value: Any) -> String? {
    if let text = value as? String { return text }
    return (value as? NSNumber)?.stringValue
  }
}
