import Domain
import HTTPCore
import Testing

@testable import RESTAPI

/// Everybody of the access matrix, on one server.
struct AccessCast {
  let server: TestServer
  private var clients: [Visitor: Client] = [:]

  init(_ server: TestServer) async throws {
    self.server = server
    for visitor in Visitor.allCases {
      clients[visitor] =
        if let role = visitor.role { try await server.client(role, visitor.rawValue) } else { server.stranger }
    }
  }

  subscript(visitor: Visitor) -> Client { clients[visitor] ?? server.stranger }
}

/// Two projects with something of everything in them: what fills the parameters of a path.
struct AccessScene {
  /// The project that the path names.
  let project: ProjectID
  private let own: [String: String]
  private let foreign: [String: String]
  /// What belongs to a visitor themselves.
  private let belongings: [Visitor: [String: String]]

  /// - Parameter number: makes the names of its projects unique.
  init(_ cast: AccessCast, number: Int) async throws {
    let engineer = cast[.engineer]
    project = try await engineer.project("Own \(number)")
    let other = try await engineer.project("Foreign \(number)")
    var items: [ProjectID: String] = [:]
    for id in [project, other] {
      try await engineer.push(["one", "two", "three", "four"], to: id)
      items[id] = try await engineer.get("projects/\(id)/items?limit=1").json["items"]?[0]?["id"]?.text
    }
    func join(_ name: String, _ id: ProjectID) async throws -> String {
      let answer = try await engineer.post("projects/\(id)/members", #"{"name": "\#(name)"}"#)
      return try #require(answer.json["id"]?.text, "\(answer.text)")
    }
    _ = try await join(Visitor.member.rawValue, project)
    let outsider = try await join(Visitor.outsider.rawValue, other)
    let removed = try await join(Visitor.removed.rawValue, project)
    // Somebody who can be spared.
    let bystander = try await join("Bystander \(number)", project)
    var belongings: [Visitor: [String: String]] = [:]
    for visitor in [Visitor.member, .removed] {
      let said = try await cast[visitor].label(visitor == .member ? "t0" : "t1", "billing", in: project)
      guard visitor == .member else {
        belongings[visitor] = [
          "lease": try await cast[visitor].next(in: project).lease,
          "annotation": try #require(said.json["id"]?.text, "\(said.text)"),
        ]
        continue
      }
      let token = try await cast[visitor].post("tokens", "{}")
      let secret = try #require(token.json["token"]?.text, "\(token.text)")
      _ = try await cast.server.stranger.post("sessions", #"{"token": "\#(secret)"}"#)
      let session = try await cast[visitor].get("sessions?limit=1000").json["items"]?.list?.last?["id"]?.text
      belongings[visitor] = [
        "session": try #require(session), "token": try #require(token.json["id"]?.text),
        "lease": try await cast[visitor].next(in: project).lease,
        "annotation": try #require(said.json["id"]?.text, "\(said.text)"),
      ]
    }
    try #require(try await engineer.delete("projects/\(project)/members/\(removed)").status == 204)
    // The foreign project has a second round, the own one has not.
    _ = try await engineer.post("projects/\(project)/rounds")
    _ = try await engineer.post("projects/\(other)/rounds")
    _ = try await engineer.post("projects/\(other)/rounds/1/cancel")
    _ = try await engineer.post("projects/\(other)/rounds")
    try #require(try await engineer.get("projects/\(other)/rounds/2").status == 200)
    self.belongings = belongings
    own = ["project": "\(project)", "item": items[project] ?? "", "user": bystander, "round": "1"]
    foreign = ["project": "\(other)", "item": items[other] ?? "", "user": outsider, "round": "2"]
  }

  /// A route's path as a visitor asks for it: leases and annotations are theirs where they have some.
  func path(_ pattern: String, for visitor: Visitor) throws -> String {
    try filled(pattern) { belongings[visitor]?[$0] ?? own[$0] ?? belongings[.member]?[$0] }
  }

  /// The path with the own project and what belongs to the foreign one; `nil` where nothing stands below the project.
  func crossedPath(_ pattern: String) throws -> String? {
    guard pattern.hasPrefix("/projects/{project}/"), pattern.dropFirst(20).contains("{") else { return nil }
    return try filled(pattern) { $0 == "project" ? own[$0] : foreign[$0] }
  }

  /// The path with what belongs to the foreign project.
  func foreignPath(_ pattern: String) throws -> String { try filled(pattern) { foreign[$0] } }

  private func filled(_ pattern: String, _ value: (String) -> String?) throws -> String {
    try pattern.split(separator: "/").map { segment in
      guard segment.hasPrefix("{") else { return String(segment) }
      let name = String(segment.dropFirst().dropLast())
      return try #require(value(name), "the scene has nothing for {\(name)}: add it")
    }.joined(separator: "/")
  }
}

extension Client {
  /// The status of an answer and the detail of a problem; a stream is not read.
  func outcome(_ method: HTTPMethod, _ path: String, _ json: String?) async throws -> (status: Int, detail: String) {
    var headers = headers
    if let token { headers["Authorization"] = "Bearer \(token)" }
    if json != nil { headers["Content-Type"] = "application/json" }
    let head = try RequestHead(method: method, target: "/api/v1/" + path, headers: headers)
    let response: HTTPResponse
    switch api.accept(head) {
    case .respond(let early): response = early
    case .handle(let policy, _, let handler):
      let bytes = Array((json ?? "").utf8)
      var body = RequestBody(bytes: bytes)
      if case .streamed = policy { body = RequestBody(source: Chunks([bytes], nil)) }
      response = await handler(HTTPRequest(head: head, body: body))
    }
    guard response.status.code >= 400, case .bytes = response.body else { return (response.status.code, "") }
    return (response.status.code, try await Answer(response, to: head).json["detail"]?.text ?? "")
  }
}
