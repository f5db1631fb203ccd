import Domain
import HTTPCore

/// The contract in OpenAPI 3.1, made from the very list that is routed by, so that it says what is served.
struct OpenAPIDocument {
  let endpoints: [Endpoint]

  var json: JSONValue {
    var paths: [(key: String, value: JSONValue)] = []
    for path in endpoints.flatMap(\.paths).uniqued() {
      let operations = endpoints.filter { $0.paths.contains(path) }
      paths.append(
        (path, .object(operations.map { (key: $0.method.rawValue.lowercased(), value: operation($0, at: path)) })))
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Winnow", "version": "1", "summary": "An active-learning annotation server",
        "description":
          "Errors are application/problem+json (RFC 9457). Lists are paged with limit and cursor. An unsafe request whose body is not streamed may carry Idempotency-Key: sent again within a day it gets the same answer and changes nothing twice. Members of a body that are not described are refused, parameters of a query that are not described are ignored. Answers may get more members. A resource answers 405 with Allow to methods that it does not have.",
      ],
      "servers": [["url": "/"]],
      "security": [["bearer": []], ["session": []]],
      "paths": .object(paths),
      "components": [
        "securitySchemes": [
          "bearer": ["type": "http", "scheme": "bearer"],
          "session": ["type": "apiKey", "in": "cookie", "name": .string(Authenticator.cookie)],
        ],
        "schemas": ["Problem": Schema.problem], "headers": Schema.headers, "responses": Schema.problems,
      ],
    ]
  }

  private func operation(_ endpoint: Endpoint, at path: String) -> JSONValue {
    var parameters: [JSONValue] = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
      [
        "name": .string(String(segment.dropFirst().dropLast())), "in": "path", "required": true,
        "schema": Schema.identifier,
      ]
    }
    for (place, list) in [("query", endpoint.query), ("header", endpoint.heeds)] {
      parameters += list.map {
        ["name": .string($0.name), "in": .string(place), "schema": $0.schema, "description": .string($0.summary)]
      }
    }
    var members: [(key: String, value: JSONValue)] = [
      ("operationId", .string(name(of: endpoint, at: path))), ("summary", .string(endpoint.summary)),
      ("tags", [.string(endpoint.tag)]),
    ]
    switch endpoint.access {
    case .open: members.append(("security", []))
    case .role(let role), .project(let role):
      members.append(("description", .string("Needs the role \(role.rawValue) or higher.")))
    }
    if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
    if let schema = endpoint.requestSchema {
      let content = endpoint.consumes.map { type -> (key: String, value: JSONValue) in
        (type, type == "application/json" ? ["schema": Schema.input(schema)] : [:])
      }
      members.append(
        ("requestBody", ["required": .bool(!endpoint.mayOmitBody), "content": .object(content)]))
    }
    members.append(("responses", responses(of: endpoint)))
    return .object(members)
  }

  /// The answers by status: the usual one, the others, and every problem.
  private func responses(of endpoint: Endpoint) -> JSONValue {
    var answers = endpoint.moreAnswers
    if endpoint.status == .noContent {
      answers.insert(.init(status: .noContent), at: 0)
    } else if let schema = endpoint.responseSchema {
      answers.insert(.init(status: endpoint.status, schema: schema), at: 0)
    } else {
      answers.insert(.init(status: endpoint.status, mediaType: endpoint.produces), at: 0)
    }
    let successes = answers.map(\.status.code).uniqued().map { code -> (key: String, value: JSONValue) in
      let same = answers.filter { $0.status.code == code }
      let content = same.compactMap { answer in
        answer.mediaType.map { (key: $0, value: answer.schema.map { ["schema": $0] } ?? [:] as JSONValue) }
      }
      var response: [(key: String, value: JSONValue)] = [
        ("description", .string(same[0].status.reason)), ("headers", Schema.carried(endpoint.carries)),
      ]
      if !content.isEmpty { response.append(("content", .object(content))) }
      if code == endpoint.status.code, !endpoint.links.isEmpty {
        response.append(("links", .object(endpoint.links.map(link))))
      }
      return ("\(code)", .object(response))
    }
    let described = Set(answers.map(\.status))
    return .object(successes + Schema.problems(endpoint.possibleProblems.subtracting(described)))
  }

  private func link(_ link: Endpoint.Link) -> (key: String, value: JSONValue) {
    let target = endpoints.first { $0.method == link.method && $0.path == link.path }
    let name = target.flatMap { target in target.paths.last.map { self.name(of: target, at: $0) } }
    precondition(name != nil, "\(link.method.rawValue) \(link.path) is linked to and is not there")
    let parameters = link.parameters.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) }
    return (name ?? "", ["operationId": .optional(name), "parameters": .object(parameters)])
  }

  private func name(of endpoint: Endpoint, at path: String) -> String {
    let words = path.split(separator: "/").map { $0.filter { $0.isLetter || $0.isNumber } }
    return ([endpoint.method.rawValue.lowercased()] + words).joined(separator: "_")
  }
}

extension Sequence where Element: Hashable {
  /// The elements without repetition, each where it first stood.
  fileprivate func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
