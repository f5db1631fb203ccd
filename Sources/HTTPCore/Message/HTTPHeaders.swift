/// Header fields in the order sent; names compare without case (RFC 9110 section 5.1).
///
/// A linear scan: requests carry a dozen fields, where a dictionary would cost more to build than it saves.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
  /// One field.
  public struct Field: Hashable, Sendable {
    /// The field's name, in the case sent.
    public var name: String
    /// The field's value, without the white space around it.
    public var value: String

    /// Makes a field.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The fields, in the order sent.
  public private(set) var fields: [Field]

  /// Makes an empty set of fields.
  public init() { fields = [] }

  /// Wraps fields in their order.
  public init(fields: [Field]) { self.fields = fields }

  /// Makes fields from a literal; a name may repeat.
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0, value: $1) }
  }

  /// The first value of a name; setting replaces every value, `nil` removes them.
  public subscript(name: String) -> String? {
    get { fields.first { Self.equal($0.name, name) }?.value }
    set {
      guard let newValue else { return fields.removeAll { Self.equal($0.name, name) } }
      guard let index = fields.firstIndex(where: { Self.equal($0.name, name) }) else {
        return fields.append(Field(name: name, value: newValue))
      }
      fields[index].value = newValue
      let tail = fields[(index + 1)...].filter { !Self.equal($0.name, name) }
      fields.replaceSubrange((index + 1)..., with: tail)
    }
  }

  /// Every value of a name, in the order sent.
  public func values(for name: String) -> [String] {
    fields.compactMap { Self.equal($0.name, name) ? $0.value : nil }
  }

  /// Whether a field of that name is there.
  public func contains(_ name: String) -> Bool {
    fields.contains { Self.equal($0.name, name) }
  }

  /// Appends a field, and keeps those of the same name.
  public mutating func add(name: String, value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// Compares two names or tokens without regard to ASCII case.
  public static func equal(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { a in
      right.withUTF8 { b in
        guard a.count == b.count else { return false }
        for i in 0..<a.count where a[i] != b[i] && lowercase(a[i]) != lowercase(b[i]) { return false }
        return true
      }
    }
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }
}

extension HTTPHeaders: Equatable {}
