public import Domain
import Foundation

/// Which columns of a table hold what.
public struct RowMapping: Sendable {
  private let modality: Modality
  private let textColumn: String
  private let labelColumn: String?
  private let keyColumn: String?
  private let ignored: Set<String>
  private let separator: String?

  /// What stands between the labels of an item in a table, where nothing else is said.
  public static let labelSeparator = ";"

  /// Names the columns; what is not named is looked for under its usual names.
  ///
  /// For vectors every column that is neither key, label nor ignored is a number of the vector, in the table's order. A
  /// column `label` or `labels` of which nothing is said is refused: as a number of the vector it would tell a model the
  /// answer, and every figure about that model would be a lie.
  /// With a separator the label column holds any number of labels; an empty field says nothing, and one that holds the
  /// separator alone says that no label applies.
  public init(
    modality: Modality, textColumn: String?, labelColumn: String?, keyColumn: String?, ignored: Set<String> = [],
    labelSeparator: String? = nil
  ) {
    self.modality = modality
    self.textColumn = textColumn ?? "text"
    self.labelColumn = labelColumn
    self.keyColumn = keyColumn
    self.ignored = ignored
    separator = labelSeparator
  }

  /// A record as a row of the pool.
  public func row(names: [String], fields: [String]) -> Result<ItemRow, FieldError> {
    var row = ItemRow()
    func field(_ name: String) -> String? {
      names.firstIndex(of: name).flatMap { $0 < fields.count ? fields[$0] : nil }
    }
    let keyName = keyColumn ?? ["key", "id"].first { names.contains($0) }
    if let keyName {
      guard let key = field(keyName) else { return .failure(missing(keyName, names)) }
      if !key.isEmpty { row.key = key }
    }
    if let labelColumn {
      guard let label = field(labelColumn) else { return .failure(missing(labelColumn, names)) }
      if let separator {
        row.labels = Self.labels(in: label, separator: separator)
      } else if !label.isEmpty {
        row.label = label
      }
    }
    switch modality {
    case .text:
      guard let text = field(textColumn) else { return .failure(missing(textColumn, names)) }
      row.text = text
    case .image:
      guard let image = field("image") else { return .failure(missing("image", names)) }
      row.image = image
    case .vector:
      var vector: [Float] = []
      for (name, value) in zip(names, fields) where name != keyName && name != labelColumn && !ignored.contains(name) {
        guard !Self.isTruth(name) else {
          return .failure(
            FieldError(
              "/\(name)",
              "Say what the column “\(name)” is: as a number of the vector it would give the answer away. "
                + "Name it as the label column, or ignore it."))
        }
        guard let number = Float(value) else {
          return .failure(
            FieldError(
              "/\(name)",
              "“\(value.prefix(50))” is not a number. Columns that are no features must be named or ignored."))
        }
        vector.append(number)
      }
      row.vector = vector
    }
    return .success(row)
  }

  /// The labels of a field, without the spaces around them; `nil` for an empty field.
  public static func labels(in field: String, separator: String) -> [String]? {
    guard field.contains(where: { !$0.isWhitespace }) else { return nil }
    return field.components(separatedBy: separator).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  /// Whether a column bears the name that the contract gives to labels.
  private static func isTruth(_ name: String) -> Bool {
    (5...6).contains(name.utf8.count) && ["label", "labels"].contains(name.lowercased())
  }

  private func missing(_ column: String, _ names: [String]) -> FieldError {
    FieldError("", "There is no column “\(column)”. Columns: \(names.prefix(20).joined(separator: ", ")).")
  }
}
