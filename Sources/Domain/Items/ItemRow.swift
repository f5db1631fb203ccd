/// A row of a pool as a client pushes it.
public struct ItemRow: Sendable, Equatable, Decodable {
  /// The caller's own identifier; made from the content where missing.
  public var key: String?
  /// The text of a text item.
  public var text: String?
  /// A picture as base64, with or without a `data:` prefix.
  public var image: String?
  /// A picture as bytes, where the row did not come as JSON.
  public var imageBytes: [UInt8]?
  /// The numbers of a vector item.
  public var vector: [Float]?
  /// The caller's own features, which win over the built-in ones.
  public var embedding: [Float]?
  /// Any object.
  public var meta: JSONValue?
  /// A label that is known already.
  public var label: String?
  /// All labels that are known already, where an item may have several; an empty list says that none applies.
  public var labels: [String]?
  /// Predictions of the caller's own model: probabilities by label.
  public var predictions: JSONValue?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case key, text, image, vector, embedding, meta, label, labels, predictions
  }

  /// An empty row, to be filled.
  public init() {}

  /// Reads a row, refusing unknown members.
  public init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    key = try container.decodeIfPresent(String.self, forKey: .key)
    text = try container.decodeIfPresent(String.self, forKey: .text)
    image = try container.decodeIfPresent(String.self, forKey: .image)
    // By way of Double: what is too large becomes infinite there, and is refused by its place and not with its document.
    vector = try container.decodeIfPresent([Double].self, forKey: .vector)?.map { Float($0) }
    embedding = try container.decodeIfPresent([Double].self, forKey: .embedding)?.map { Float($0) }
    meta = try container.decodeIfPresent(JSONValue.self, forKey: .meta)
    label = try container.decodeIfPresent(String.self, forKey: .label)
    labels = try container.decodeIfPresent([String].self, forKey: .labels)
    predictions = try container.decodeIfPresent(JSONValue.self, forKey: .predictions)
  }
}

/// What became of a batch of rows.
public struct ImportReport: Sendable, Equatable {
  /// Rows that arrived.
  public var received = 0
  /// Rows that became items.
  public var created = 0
  /// Rows whose key or content the pool already has.
  public var duplicates = 0
  /// Rows that were not taken (the first thousand), each with its number from 0 and what is wrong.
  public var rejected: [(row: Int, error: FieldError)] = []
  /// How many rows were not taken.
  public var rejectedCount = 0

  /// Nothing yet.
  public init() {}

  /// Adds a row that was not taken; past the thousandth only the count grows, so that memory stays bounded.
  public mutating func reject(row: Int, _ error: FieldError) {
    rejectedCount += 1
    if rejected.count < 1000 { rejected.append((row, error)) }
  }

  /// Compares all counts and rejections.
  public static func == (left: Self, right: Self) -> Bool {
    left.received == right.received && left.created == right.created && left.duplicates == right.duplicates
      && left.rejectedCount == right.rejectedCount
      && left.rejected.elementsEqual(right.rejected) { $0.row == $1.row && $0.error == $1.error }
  }
}
