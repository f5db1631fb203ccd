import Domain
import Features
import Foundation
import Storage

/// A pushed row that has been checked by itself and is ready to be written.
struct CheckedRow: Sendable {
  /// Its number in the push, from 0.
  var number: Int
  var item: NewItem
  /// The labels that are known already; `nil` where nothing is.
  var labels: [LabelID]?
  /// The bytes of its picture, where they are not on disk for sure.
  var imageBytes: [UInt8]?
}

/// Checks rows by themselves, before the database is asked.
struct RowCheck: Sendable {
  let project: Project
  let blobs: BlobStore

  /// Bytes of text that an item may have.
  static let textLimit = 1 << 20
  /// Numbers that a vector or an embedding may have.
  static let vectorLimit = 65_536
  private static let metaLimit = 256 << 10

  /// Checks a row and keeps its picture.
  ///
  /// - Returns: the row as it will be written, or what is wrong with it.
  func check(_ row: ItemRow, number: Int) throws -> Result<CheckedRow, FieldError> {
    do {
      var bytes: [UInt8]?
      let content = try content(of: row, bytes: &bytes)
      if let embedding = row.embedding { try finite(embedding, "/embedding") }
      let key = try key(of: row, content: content)
      let labels = try labels(of: row)
      let meta = row.meta.flatMap { $0 == .null ? nil : $0 }
      if let meta {
        guard case .object = meta else { throw FieldError("/meta", "Meta is an object.") }
      }
      let metaText = meta?.text()
      if (metaText?.utf8.count ?? 0) > Self.metaLimit {
        throw FieldError("/meta", "Meta has at most \(Self.metaLimit) bytes.")
      }
      try checkPredictions(row.predictions)
      return .success(
        CheckedRow(
          number: number,
          item: NewItem(
            key: key, content: content, embedding: row.embedding, meta: metaText,
            predictions: row.predictions.flatMap { $0 == .null ? nil : $0.text() }, evaluation: false, priority: 0),
          labels: labels, imageBytes: bytes))
    } catch let error as FieldError {
      return .failure(error)
    }
  }

  /// The labels that a row brings along, by `label` or by `labels`.
  private func labels(of row: ItemRow) throws -> [LabelID]? {
    guard row.label == nil || row.labels == nil else {
      throw FieldError("/labels", "Give label or labels, not both.")
    }
    if let label = row.label {
      guard let known = project.label(named: label) else {
        throw FieldError("/label", "“\(label)” is not a label of this project.")
      }
      return [known.id]
    }
    guard let names = row.labels else { return nil }
    do {
      return try project.resolve(names, for: .label)
    } catch LabelingError.invalid(let errors) where !errors.isEmpty {
      throw errors[0]
    }
  }

  private func content(of row: ItemRow, bytes: inout [UInt8]?) throws -> ItemContent {
    let given = [
      row.text != nil ? "text" : nil, row.image != nil || row.imageBytes != nil ? "image" : nil,
      row.vector != nil ? "vector" : nil,
    ].compactMap { $0 }
    guard given.contains(project.modality.rawValue) else {
      throw FieldError(
        "/\(project.modality.rawValue)", "Missing: the project's items are of modality \(project.modality.rawValue).")
    }
    if let other = given.first(where: { $0 != project.modality.rawValue }) {
      throw FieldError("/\(other)", "Not allowed: the project's items are of modality \(project.modality.rawValue).")
    }
    switch project.modality {
    case .text:
      let text = row.text ?? ""
      guard !text.isEmpty else { throw FieldError("/text", "The text is empty.") }
      guard text.utf8.count <= Self.textLimit else {
        throw FieldError("/text", "A text has at most \(Self.textLimit) bytes; this one has \(text.utf8.count).")
      }
      if let complaint = FieldError.ifNUL(in: text, at: "/text") { throw complaint }
      return .text(text)
    case .vector:
      let vector = row.vector ?? []
      try finite(vector, "/vector")
      return .vector(vector)
    case .image:
      let picture = try row.imageBytes ?? decoded(row.image ?? "")
      do {
        let info = try ImageCodec.inspect(picture)
        // Read to its end once: a picture that breaks off must not reach an annotator.
        _ = try ImageCodec.decode(picture)
        bytes = picture
        return .image(hash: try blobs.keep(picture), format: info.format.rawValue)
      } catch let error as ImageError {
        // A file of an archive or a form is known by its name, not by its number.
        let name = row.imageBytes == nil ? nil : row.key
        throw FieldError("/image", name.map { "“\($0.prefix(200))”: \(error)" } ?? "\(error)")
      }
    }
  }

  private func decoded(_ image: String) throws -> [UInt8] {
    guard let bytes = Self.base64(image) else {
      throw FieldError("/image", "The picture is not base64, plain or as a data URL.")
    }
    return bytes
  }

  /// The bytes of a base64 text, with or without `data:…,` before it; `nil` where it is not one.
  static func base64(_ image: String) -> [UInt8]? {
    var text = Substring(image)
    if text.hasPrefix("data:") {
      guard let comma = text.firstIndex(of: ",") else { return nil }
      text = text[text.index(after: comma)...]
    }
    guard let data = Data(base64Encoded: String(text)), !data.isEmpty else { return nil }
    return Array(data)
  }

  private func finite(_ values: [Float], _ pointer: String) throws {
    guard !values.isEmpty, values.count <= Self.vectorLimit else {
      throw FieldError(pointer, "It has 1 to \(Self.vectorLimit) numbers; here are \(values.count).")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw FieldError("\(pointer)/\(index)", "The number is not finite, or out of range.")
    }
  }

  private func key(of row: ItemRow, content: ItemContent) throws -> String {
    if let key = row.key {
      guard !key.isEmpty, key.utf8.count <= 512, !key.unicodeScalars.contains(where: { $0.value < 32 }) else {
        throw FieldError("/key", "A key has 1 to 512 bytes and no control characters.")
      }
      return key
    }
    switch content {
    case .text(let text): return "sha256:" + Secret.hexadecimal(Secret.hash(text))
    case .image(let hash, _): return "sha256:" + hash
    case .vector(let values):
      return "sha256:" + Secret.hexadecimal(Secret.hash(values.withUnsafeBytes { Array($0) }))
    }
  }

  private func checkPredictions(_ predictions: JSONValue?) throws {
    guard let predictions, predictions != .null else { return }
    guard case .object(let members) = predictions else {
      throw FieldError("/predictions", "Predictions are an object: label to probability.")
    }
    for member in members {
      guard project.label(named: member.key) != nil else {
        throw FieldError("/predictions/\(member.key)", "“\(member.key)” is not a label of this project.")
      }
      switch member.value {
      case .number(let value) where (0...1).contains(value): continue
      case .integer(0...1): continue
      default: throw FieldError("/predictions/\(member.key)", "A probability is a number from 0 to 1.")
      }
    }
  }
}
