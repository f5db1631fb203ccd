/// A query strategy by its name, with the parameters that differ from its defaults.
///
/// As JSON it is the name alone, or `{"name": …, "parameters": {…}}`.
public struct StrategyChoice: Sendable, Equatable, Codable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The strategy's name.
  public var name: String
  /// Values by name; those left out take their defaults.
  public var parameters: [String: Double]

  /// Names a strategy.
  public init(_ name: String, parameters: [String: Double] = [:]) {
    self.name = name
    self.parameters = parameters
  }

  /// Names a strategy with its defaults.
  public init(stringLiteral name: String) { self.init(name) }

  enum CodingKeys: String, CodingKey, CaseIterable { case name, parameters }

  /// Reads either form, refusing unknown members.
  public init(from decoder: any Decoder) throws {
    if let single = try? decoder.singleValueContainer(), let name = try? single.decode(String.self) {
      self.init(name)
      return
    }
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(String.self, forKey: .name),
      parameters: try container.decodeIfPresent([String: Double].self, forKey: .parameters) ?? [:])
  }

  /// Writes the name alone where there are no parameters.
  public func encode(to encoder: any Encoder) throws {
    guard !parameters.isEmpty else {
      var single = encoder.singleValueContainer()
      return try single.encode(name)
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(parameters, forKey: .parameters)
  }

  /// The choice as clients see it.
  public var json: JSONValue {
    guard !parameters.isEmpty else { return .string(name) }
    let values = parameters.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.number($0.value)) }
    return ["name": .string(name), "parameters": .object(values)]
  }

  /// The name.
  public var description: String { name }
}
