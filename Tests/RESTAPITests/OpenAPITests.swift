import Domain
import Foundation
import HTTPCore
import RESTAPI
import Testing

@Suite struct OpenAPITests {
  private static let methods = ["get", "post", "put", "patch", "delete"]

  private func document(_ server: TestServer) async throws -> JSONValue {
    let answer = try await server.stranger.get("/openapi.json")
    #expect(answer.json["openapi"]?.text == "3.1.0")
    return answer.json
  }

  /// A path with something in each parameter's place.
  private func filled(_ path: String) -> String {
    path.split(separator: "/").map { $0.hasPrefix("{") ? "1" : $0 }.joined(separator: "/")
  }

  @Test func whatIsDescribedIsServedAndTheOtherWayRound() async throws {
    try await withServer { server in
      let paths = try #require(try await document(server)["paths"])
      var names: Set<String> = []
      for path in paths.keys {
        let operations = try #require(paths[path])
        // The server names the methods that a path has: exactly those are described.
        let options = try await server.stranger.send(.options, "/" + filled(path), nil)
        let allowed = options.headers["Allow"]?.split(separator: ", ").map { $0.lowercased() } ?? []
        #expect(Set(allowed).subtracting(["head", "options"]) == Set(operations.keys), "\(path)")
        for method in operations.keys {
          #expect(Self.methods.contains(method))
          let operation = try #require(operations[method])
          let name = try #require(operation["operationId"]?.text)
          #expect(names.insert(name).inserted, "\(name) stands twice")
          #expect(operation["summary"]?.text?.isEmpty == false)
          let isOpen = operation["security"]?.list?.isEmpty == true
          let answer = try await server.stranger.send(
            HTTPMethod(rawValue: method.uppercased()), "/" + filled(path), nil)
          #expect((answer.status == 401) == !isOpen || path.hasSuffix("/sessions"), "\(method) \(path)")
        }
      }
      #expect(paths.keys.count > 25)
    }
  }

  @Test func everyJSONAnswerHasASchema() async throws {
    try await withServer { server in
      let paths = try #require(try await document(server)["paths"])
      for path in paths.keys {
        for method in paths[path]?.keys ?? [] {
          let responses = try #require(paths[path]?[method]?["responses"])
          // Each error is described by itself: a default would cover what nobody thought of.
          #expect(!responses.keys.contains("default"))
          for status in ["400", "413", "429", "500", "503"] {
            #expect(responses.keys.contains(status), "\(method) \(path)")
          }
          let successes = responses.keys.filter { $0.hasPrefix("2") }
          #expect(!successes.isEmpty, "\(method) \(path)")
          for status in successes where status != "204" {
            let content = try #require(responses[status]?["content"], "\(method) \(path)")
            for type in content.keys where type == "application/json" {
              #expect(content[type]?["schema"] != nil, "\(method) \(path)")
            }
          }
        }
      }
    }
  }

  /// The answers about people.
  private func keepPeople(_ server: TestServer, _ keep: (String, String, Answer) -> Void) async throws {
    let admin = try await server.client(.admin, "Root")
    let made = try await admin.post("users", #"{"name": "Una", "role": "engineer"}"#)
    keep("post", "users", made)
    keep("post", "users", try await admin.post("users", #"{"name": " ", "role": "x"}"#))
    let id = made.json["id"]?.text ?? ""
    keep("get", "users/{user}", try await admin.get("users/\(id)"))
    keep("patch", "users/{user}", try await admin.patch("users/\(id)", #"{"name": "Una B."}"#))
    let link = try await admin.post("users/\(id)/link")
    keep("post", "users/{user}/link", link)
    var browser = Browser(server)
    keep("post", "sessions", try await browser.signIn(#"{"code": "\#(link.json["code"]?.text ?? "")"}"#))
    keep(
      "post", "sessions/current/password",
      try await browser.send(.post, "sessions/current/password", #"{"new_password": "\#(Browser.password)"}"#))
    keep("post", "sessions", try await browser.signIn(name: "Una B."))
    keep("get", "sessions", try await browser.send(.get, "sessions"))
    keep("get", "sessions/current", try await browser.send(.get, "sessions/current"))
    keep("post", "tokens", try await browser.send(.post, "tokens", #"{"note": "for a script"}"#))
    keep("get", "tokens", try await browser.send(.get, "tokens"))
    keep("get", "users", try await admin.get("users"))
    keep("get", "audit", try await admin.get("audit?limit=1000"))
    keep("delete", "users/{user}", try await admin.delete("users/999999"))
  }

  @Test(.enabled(if: Python.canCheckOpenAPI, "needs Python with openapi-spec-validator and jsonschema"))
  func answersAreAsDescribed() async throws {
    try await withServer(training: true) { server in
      var answers: [JSONValue] = []
      func keep(_ method: String, _ path: String, _ answer: Answer) {
        answers.append([
          "method": .string(method), "path": .string(path.hasPrefix("/") ? path : "/api/v1/" + path),
          "status": .integer(Int64(answer.status)), "body": answer.json,
        ])
      }
      let (engineer, project) = try await RoundTests.trained(server)
      let base = "projects/\(project)"
      let ann = try await server.client(.annotator, "Ann", in: [project])
      for path in ["/healthz", "/readyz", "strategies", "projects", "sessions/current"] {
        keep("get", path, try await engineer.get(path))
      }
      keep("post", "sessions", try await server.stranger.post("sessions", #"{"token": "\#(ann.token ?? "")"}"#))
      keep("post", "sessions", try await server.stranger.post("sessions", #"{"token": ""}"#))
      keep(
        "post", "projects",
        try await engineer.post("projects", #"{"name": "New", "modality": "image", "labels": [{"name": "a"}]}"#))
      keep("post", "projects", try await engineer.post("projects", #"{"settings": {"x": 1}}"#))
      keep("get", "projects/{project}", try await engineer.get(base))
      keep("patch", "projects/{project}", try await engineer.patch(base, #"{"guidelines": "g"}"#))
      keep("post", "projects/{project}/members", try await engineer.post(base + "/members", #"{"name": "Bob"}"#))
      keep("get", "projects/{project}/members", try await engineer.get(base + "/members"))
      keep(
        "post", "projects/{project}/items",
        try await engineer.post(base + "/items", #"{"items": [{"text": "new"}, {"text": 1}]}"#))
      keep("get", "projects/{project}/items", try await engineer.get(base + "/items?limit=3"))
      let next = try await ann.post(base + "/next", #"{"prefetch": 3}"#)
      keep("post", "projects/{project}/next", next)
      let lease = try #require(next.json["items"]?[0]?["lease"]?.text)
      let item = try #require(next.json["items"]?[0]?["item"]?["id"]?.text)
      keep("post", "leases/{lease}/renew", try await ann.post("leases/\(lease)/renew"))
      let said = try await ann.post(
        base + "/annotations", #"{"item": "\#(item)", "lease": "\#(lease)", "labels": ["billing"]}"#)
      keep("post", "projects/{project}/annotations", said)
      keep(
        "post", "projects/{project}/annotations",
        try await ann.post(
          base + "/annotations", #"{"item": "\#(item)", "labels": ["billing"]}"#))
      keep(
        "post", "projects/{project}/annotations",
        try await engineer.post(
          base + "/annotations", #"{"annotations": [{"item": "\#(item)", "labels": ["outage"]}, {}]}"#))
      keep("get", "projects/{project}/annotations", try await engineer.get(base + "/annotations"))
      keep("get", "projects/{project}/items/{item}", try await engineer.get(base + "/items/\(item)"))
      let changed = try await ann.patch("annotations/\(said.json["id"]?.text ?? "")", #"{"labels": ["outage"]}"#)
      keep("patch", "annotations/{annotation}", changed)
      keep(
        "delete", "annotations/{annotation}", try await ann.delete("annotations/\(changed.json["id"]?.text ?? "")"))
      keep(
        "post", "projects/{project}/queries",
        try await engineer.post(base + "/queries", #"{"batch_size": 2, "strategy": "entropy"}"#))
      keep(
        "post", "projects/{project}/stream",
        try await engineer.post(
          base + "/stream", #"{"items": [{"text": "another invoice"}, {"text": ""}], "budget": 1}"#))
      keep(
        "post", "projects/{project}/predict",
        try await engineer.post(base + "/predict", #"{"items": [{"text": "invoice"}, {}]}"#))
      for path in ["agreement", "disagreements", "label-errors", "adjudications"] {
        keep("get", "projects/{project}/\(path)", try await engineer.get(base + "/\(path)"))
      }
      keep(
        "post", "projects/{project}/adjudications",
        try await engineer.post(base + "/adjudications", #"{"item": "\#(item)", "labels": ["billing"]}"#))
      keep("get", "projects/{project}/adjudications", try await engineer.get(base + "/adjudications"))
      keep("get", "projects/{project}/rounds", try await engineer.get(base + "/rounds"))
      keep("get", "projects/{project}/rounds/{round}", try await engineer.get(base + "/rounds/1"))
      for path in ["queue", "evaluation", "evaluation/items", "pool", "excluded/groups"] {
        keep("get", "projects/{project}/\(path)", try await engineer.get(base + "/\(path)"))
      }
      keep("get", "projects/{project}/items/{item}/story", try await engineer.get(base + "/items/\(item)/story"))
      keep(
        "post", "projects/{project}/excluded", try await engineer.post(base + "/excluded", #"{"items": ["1"]}"#))
      try await keepPeople(server, keep)
      #expect(answers.count > 40)
      let input = JSONValue.object([("document", try await document(server)), ("answers", .array(answers))])
      let (status, output) = try Python.run("Tests/OpenAPI/check.py", input: input.text())
      #expect(status == 0, "\(output)")
    }
  }
}
