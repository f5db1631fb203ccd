/// One method of one resource, and what handles it.
public struct Route<Handler: Sendable>: Sendable {
  /// The method.
  public let method: HTTPMethod
  /// The path with its parameters in braces: `/api/v1/projects/{project}/items`.
  public let pattern: String
  /// What handles it.
  public let handler: Handler

  /// Makes a route.
  public init(method: HTTPMethod, pattern: String, handler: Handler) {
    self.method = method
    self.pattern = pattern
    self.handler = handler
  }
}

/// The values that a path gave to a pattern's parameters, decoded.
public struct PathParameters: Sendable, Hashable {
  private let names: [String]
  private let values: [String]

  /// Pairs names with values, in the order of the pattern.
  public init(names: [String], values: [String]) {
    precondition(names.count == values.count, "Each parameter has one value")
    self.names = names
    self.values = values
  }

  /// The value of a parameter; `nil` where the pattern has none of that name.
  public subscript(name: String) -> String? { names.firstIndex(of: name).map { values[$0] } }
}

/// Where a method and a path lead.
public enum Resolution<Handler: Sendable>: Sendable {
  /// To a route.
  case matched(Handler, PathParameters)
  /// To a resource without that method; it has these, `OPTIONS` among them.
  case methodNotAllowed(allow: [HTTPMethod])
  /// Nowhere.
  case notFound
}
