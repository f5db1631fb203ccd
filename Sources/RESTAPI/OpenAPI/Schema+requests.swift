import Domain

/// What all documents that clients send have in common.
extension Schema {
  /// A request's schema as the server reads it: unknown members are refused, so that a misspelt one is not silently
  /// ignored, and `null` says the same as leaving an optional member out.
  static func input(_ schema: JSONValue) -> JSONValue {
    // One that says itself what else it takes is as it should be: parameters of a strategy are left out, never null.
    guard case .object(let members) = schema, schema["additionalProperties"] == nil else { return schema }
    var required: Set<String> = []
    if case .array(let names)? = schema["required"] {
      required = Set(names.compactMap { if case .string(let name) = $0 { name } else { nil } })
    }
    var result = members.map { key, value -> (key: String, value: JSONValue) in
      switch (key, value) {
      case ("properties", .object(let properties)):
        (
          key,
          .object(
            properties.map { name, property in
              (key: name, value: required.contains(name) ? input(property) : optional(input(property)))
            })
        )
      case ("items", _): (key, input(value))
      case ("anyOf", .array(let choices)): (key, .array(choices.map(input)))
      default: (key, value)
      }
    }
    if schema["properties"] != nil { result.append(("additionalProperties", false)) }
    return .object(result)
  }

  /// The schema, or null; one that allows null already is left as it is.
  private static func optional(_ schema: JSONValue) -> JSONValue {
    if case .array(let choices)? = schema["anyOf"], choices.contains(["type": "null"]) { return schema }
    return schema == ["type": "null"] ? schema : nullable(schema)
  }
}
