/// The decoded pairs of a query string, in the order sent; `+` reads as a space.
public struct QueryParameters: Sendable, Hashable {
  /// One `name=value`; a name without `=` has an empty value.
  public struct Pair: Sendable, Hashable {
    /// The decoded name.
    public let name: String
    /// The decoded value.
    public let value: String

    /// Makes a pair of decoded texts.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The pairs, in the order sent.
  public let pairs: [Pair]

  /// Makes an empty query.
  public init() { pairs = [] }

  /// Wraps decoded pairs.
  public init(pairs: [Pair]) { self.pairs = pairs }

  /// Reads a query string, without its question mark.
  ///
  /// - Throws: ``TargetError`` for malformed escapes, zero bytes and text that is not UTF-8.
  public init(parsing text: Substring) throws(TargetError) {
    var pairs: [Pair] = []
    for part in text.split(separator: "&") {
      let equals = part.firstIndex(of: "=") ?? part.endIndex
      let value = equals == part.endIndex ? "" : part[part.index(after: equals)...]
      pairs.append(
        Pair(
          name: try percentDecoded(part[..<equals], plusIsSpace: true),
          value: try percentDecoded(value, plusIsSpace: true)))
    }
    self.pairs = pairs
  }

  /// The first value of a name (case-sensitive).
  public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// Every value of a name, in the order sent.
  public func values(for name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
