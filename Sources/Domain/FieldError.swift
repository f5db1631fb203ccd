/// One thing that is wrong with an input, and where it stands.
public struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A JSON Pointer (RFC 6901) into the input, such as `/items/3/text`; empty for the whole.
  public let pointer: String
  /// What is wrong and what would be right, for a person.
  public let detail: String

  /// Says what is wrong at a place.
  public init(_ pointer: String, _ detail: String) {
    self.pointer = pointer
    self.detail = detail
  }

  /// The error further inside a larger input.
  public func under(_ prefix: String) -> FieldError { FieldError(prefix + pointer, detail) }

  /// The complaint about a text that holds a NUL character, where the database would cut it off; `nil` for all others.
  public static func ifNUL(in text: String?, at pointer: String) -> FieldError? {
    guard let text, text.utf8.contains(0) else { return nil }
    return FieldError(pointer, "The text holds a NUL character (U+0000), which cannot be kept: take it out.")
  }

  /// Place and complaint on one line.
  public var description: String { pointer.isEmpty ? detail : "\(pointer): \(detail)" }
}

/// An input that is well-formed but breaks rules: all of its errors together.
public struct ValidationError: Error, Sendable, CustomStringConvertible {
  /// Every complaint, at least one.
  public let errors: [FieldError]

  /// Collects complaints.
  public init(_ errors: [FieldError]) {
    self.errors = errors
  }

  /// A single complaint.
  public init(_ pointer: String, _ detail: String) {
    self.errors = [FieldError(pointer, detail)]
  }

  /// All complaints, one after another.
  public var description: String { errors.map(\.description).joined(separator: "; ") }
}
