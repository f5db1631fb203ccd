/// Finds the route of a path in a tree of segments.
///
/// A literal segment wins over a parameter at the same place; `HEAD` follows `GET` where it has no route of its own; a
/// parameter never matches an empty segment.
public struct Router<Handler: Sendable>: Sendable {
  private struct Endpoint: Sendable {
    let names: [String]
    let handler: Handler
  }

  private struct Node: Sendable {
    var literals: [String: Int] = [:]
    var parameter: Int?
    var endpoints: [HTTPMethod: Endpoint] = [:]
  }

  /// The tree; the root is at 0.
  private var nodes: [Node] = [Node()]

  /// Builds the tree.
  ///
  /// - Precondition: patterns start with a slash, and no two routes have the same method and the same shape of path.
  public init(routes: [Route<Handler>]) {
    for route in routes { insert(route) }
  }

  private mutating func insert(_ route: Route<Handler>) {
    precondition(route.pattern.hasPrefix("/"), "\(route.pattern): a pattern starts with '/'")
    var (node, names) = (0, [String]())
    let segments = route.pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for segment in segments where route.pattern != "/" {
      let isParameter = segment.hasPrefix("{") && segment.hasSuffix("}")
      if isParameter { names.append(String(segment.dropFirst().dropLast())) }
      let known = isParameter ? nodes[node].parameter : nodes[node].literals[String(segment)]
      let next = known ?? nodes.count
      if known == nil {
        nodes.append(Node())
        if isParameter { nodes[node].parameter = next } else { nodes[node].literals[String(segment)] = next }
      }
      node = next
    }
    let previous = nodes[node].endpoints.updateValue(
      Endpoint(names: names, handler: route.handler), forKey: route.method)
    precondition(previous == nil, "\(route.method.rawValue) \(route.pattern) is there twice")
  }

  /// Finds where a method and decoded segments lead.
  ///
  /// - Complexity: O(segments), unless a literal shadows a parameter on the way and the search has to turn back.
  public func resolve(_ method: HTTPMethod, _ path: [String]) -> Resolution<Handler> {
    var values: [String] = []
    guard let node = find(path[...], from: 0, &values) else { return .notFound }
    let endpoints = nodes[node].endpoints
    if let endpoint = endpoints[method] ?? (method == .head ? endpoints[.get] : nil) {
      return .matched(endpoint.handler, PathParameters(names: endpoint.names, values: values))
    }
    return .methodNotAllowed(allow: Self.allowed(Set(endpoints.keys)))
  }

  /// Makes the answer to ``Resolution/methodNotAllowed(allow:)``: 405 with `Allow`, or 204 with `Allow` to `OPTIONS`.
  public func methodNotAllowedResponse(_ method: HTTPMethod, allow: [HTTPMethod]) -> HTTPResponse {
    .methodNotAllowed(method, allow: allow)
  }

  private func find(_ path: ArraySlice<String>, from node: Int, _ values: inout [String]) -> Int? {
    guard let segment = path.first else { return nodes[node].endpoints.isEmpty ? nil : node }
    if let next = nodes[node].literals[segment], let end = find(path.dropFirst(), from: next, &values) { return end }
    guard let next = nodes[node].parameter, !segment.isEmpty else { return nil }
    values.append(segment)
    if let end = find(path.dropFirst(), from: next, &values) { return end }
    values.removeLast()
    return nil
  }

  private static func allowed(_ methods: Set<HTTPMethod>) -> [HTTPMethod] {
    var methods = methods.union([.options])
    if methods.contains(.get) { methods.insert(.head) }
    return methods.sorted { $0.rawValue < $1.rawValue }
  }
}
