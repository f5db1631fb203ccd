/// Refuses members that an input should not have, so that a misspelt setting is an error and not silence.
public enum StrictKeys {
  /// Throws where the object that `decoder` stands on has a member outside `known`.
  ///
  /// - Throws: ``ValidationError`` with the pointer of each unknown member.
  public static func check(_ decoder: any Decoder, known: [String]) throws {
    let container = try decoder.container(keyedBy: JSONValue.AnyKey.self)
    let prefix = pointer(to: decoder.codingPath)
    let unknown = container.allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted()
    guard unknown.isEmpty else {
      throw ValidationError(
        unknown.map {
          FieldError(
            prefix + "/" + escaped($0), "Unknown member. Known here: \(known.joined(separator: ", ")).")
        })
    }
  }

  /// The JSON Pointer of a coding path.
  public static func pointer(to path: [any CodingKey]) -> String {
    path.map { "/" + ($0.intValue.map(String.init) ?? escaped($0.stringValue)) }.joined()
  }

  private static func escaped(_ name: String) -> String {
    var result = ""
    for character in name {
      switch character {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.append(character)
      }
    }
    return result
  }
}
