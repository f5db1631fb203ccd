/// A header field of a value and parameters, such as `multipart/form-data; boundary="x"` (RFC 9110, section 5.6.6).
public struct HeaderValue: Sendable {
  /// What stands before the first semicolon, in lower case; empty where there is nothing.
  public let value: String
  private let parameters: [(name: String, value: String)]

  /// Takes a field's value apart; what makes no sense in it is left out.
  public init(_ field: String) {
    let end = field.firstIndex(of: ";") ?? field.endIndex
    value = Self.trimmed(field[..<end]).lowercased()
    var rest = field[end...].dropFirst()
    var parameters: [(name: String, value: String)] = []
    while let equals = rest.firstIndex(of: "=") {
      // A parameter without a value is skipped with its semicolon.
      let name = Self.trimmed(rest[..<equals].split(separator: ";", omittingEmptySubsequences: false).last ?? "")
      rest = rest[rest.index(after: equals)...]
      parameters.append((name.lowercased(), Self.takeValue(&rest)))
    }
    self.parameters = parameters
  }

  /// The value of a parameter, unquoted; names compare without case.
  public subscript(name: String) -> String? {
    let name = name.lowercased()
    return parameters.first { $0.name == name }?.value
  }

  /// Takes a token or a quoted string, and the semicolon after it.
  private static func takeValue(_ rest: inout Substring) -> String {
    rest = rest.drop { $0 == " " || $0 == "\t" }
    var value = ""
    if rest.first == "\"" {
      rest.removeFirst()
      while let character = rest.popFirst(), character != "\"" {
        // Only what must be escaped is: a file name may hold a plain backslash.
        if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
          value.append(rest.removeFirst())
        } else {
          value.append(character)
        }
      }
    } else {
      value = String(trimmed(rest.prefix { $0 != ";" }))
    }
    rest = rest.drop { $0 != ";" }.dropFirst()
    return value
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
