/// How several opinions on an item become the label that the model trains on.
public struct ConsensusSettings: Sendable, Codable, Equatable {
  /// The ways to settle.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// Dawid and Skene where items have several opinions and there are enough of them, else the majority.
    case auto
    /// The label that most chose; ties go to those who agree more with the others.
    case majority
    /// Annotators weighed by their estimated confusion matrices.
    case dawidSkene = "dawid_skene"
  }

  /// The way.
  public var method = Method.auto

  /// The default.
  public init() {}
}

/// Whether labelled items are asked about again where one more opinion pays most.
public struct AskAgainSettings: Sendable, Codable, Equatable {
  /// Whether `next` serves them.
  public var enabled = false
  /// Their share of what is served, while there are any.
  public var fraction = 0.1
  /// Opinions on an item after which it is let be.
  public var maxOpinions = 5

  enum CodingKeys: String, CodingKey {
    case enabled, fraction
    case maxOpinions = "max_opinions"
  }

  /// The default.
  public init() {}
}

/// The changes of ``ConsensusSettings`` that a client gives.
struct ConsensusPatch: Sendable, Decodable {
  var method: String?
  enum CodingKeys: String, CodingKey, CaseIterable { case method }

  init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    method = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .method)
  }

  func apply(to settings: inout ConsensusSettings, _ check: inout RangeChecks) {
    check.take(method, "/consensus/method", into: &settings.method)
  }
}

/// The changes of ``AskAgainSettings`` that a client gives.
struct AskAgainPatch: Sendable, Decodable {
  var enabled: Bool?
  var fraction: Double?
  var maxOpinions: Int?
  enum CodingKeys: String, CodingKey, CaseIterable {
    case enabled, fraction
    case maxOpinions = "max_opinions"
  }

  init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    enabled = try container.decodeIfPresent(Bool.self, forKey: .enabled)
    fraction = try container.decodeIfPresent(Double.self, forKey: .fraction)
    maxOpinions = try container.decodeIfPresent(Int.self, forKey: .maxOpinions)
  }

  func apply(to settings: inout AskAgainSettings, _ check: inout RangeChecks) {
    if let enabled { settings.enabled = enabled }
    check.take(fraction, "/ask_again/fraction", 0...0.9, into: &settings.fraction)
    check.take(maxOpinions, "/ask_again/max_opinions", 2...100, into: &settings.maxOpinions)
  }
}
