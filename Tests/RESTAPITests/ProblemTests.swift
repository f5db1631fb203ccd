import Domain
import HTTPCore
import RESTAPI
import Testing

@Suite struct ProblemTests {
  @Test func unknownResourcesAndMethods() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      for target in [
        "nothing", "projects/0", "projects/x", "projects/01", "projects/1/items/x", "/api/v2/projects", "/a.b",
      ] {
        #expect(try await admin.get(target).status == 404, "\(target)")
      }
      let answer = try await admin.send(.put, "projects", "{}")
      #expect(answer.status == 405)
      #expect(answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
      #expect(try await server.stranger.send(.delete, "projects", nil).status == 405)
      let options = try await server.stranger.send(.options, "projects/1/export", nil)
      #expect(options.status == 204 && options.headers["Allow"] == "GET, HEAD, OPTIONS")
      #expect(options.bytes.isEmpty)
    }
  }

  @Test func requestIdentifiersAreEchoed() async throws {
    try await withServer { server in
      let answer = try await server.stranger.get("projects", headers: ["X-Request-Id": "abc-123"])
      #expect(answer.headers["X-Request-Id"] == "abc-123")
      let made = try await server.stranger.get("projects", headers: ["X-Request-Id": "not usable\u{7}"])
      #expect(made.headers["X-Request-Id"]?.utf8.count == 16)
    }
  }

  @Test func bodiesThatAreNotWhatIsTaken() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let project = try await admin.project()
      for body in ["{", "", "nonsense", #"{"name": "x"#, "\u{0}"] {
        let answer = try await admin.send(.post, "projects", chunks: [Array(body.utf8)], type: "application/json")
        #expect(answer.status == 400, "\(body)")
      }
      for type in ["text/plain", "application/json-seq", "application/jsonx", "application/xml"] {
        let answer = try await admin.send(.post, "projects", chunks: [Array("{}".utf8)], type: type)
        #expect(answer.status == 415, "\(type)")
      }
      #expect(
        try await admin.send(
          .post, "projects/\(project)/predict", chunks: [Array(#"{"items":[]}"#.utf8)],
          type: "application/json; charset=utf-8"
        ).status == 409)
      let unknown = try await admin.send(.post, "projects/\(project)/items", chunks: [[1]], type: "application/pdf")
      #expect(unknown.status == 415)
      #expect(unknown.json["detail"]?.text?.contains("application/x-ndjson") == true)
    }
  }

  @Test(arguments: [
    (#"{}"#, ["/name", "/modality", "/labels"]),
    (#"{"name": "x", "modality": "sound", "labels": []}"#, ["/modality"]),
    (#"{"name": "x", "modality": "text", "labels": []}"#, ["/labels"]),
    (#"{"name": "x", "modality": "text"}"#, ["/labels"]),
    (#"{"name": "", "modality": "text", "labels": [{"name": "a"}]}"#, ["/name"]),
    (#"{"name": 7, "modality": "text", "labels": [{"name": "a"}]}"#, ["/name"]),
    (#"{"name": "x", "modality": "text", "labels": [{"name": "a"}, {"name": "a"}]}"#, ["/labels/1/name"]),
    (#"{"name": "x", "modality": "text", "labels": [{"name": "a", "colour": "red"}]}"#, ["/labels/0/colour"]),
    (#"{"name": "x", "modality": "text", "labels": [{"name": "a"}], "sttings": {}}"#, ["/sttings"]),
    (
      #"{"name": "x", "modality": "text", "labels": [{"name": "a"}], "settings": {"batch_size": 0, "overlap": 0}}"#,
      ["/settings/batch_size", "/settings/overlap"]
    ),
    (
      #"{"name": "x", "modality": "text", "labels": [{"name": "a"}], "settings": {"batchsize": 5}}"#,
      ["/settings/batchsize"]
    ),
    (
      #"{"name": "x", "modality": "text", "labels": [{"name": "a"}], "settings": {"strategy": "magic"}}"#,
      ["/settings/strategy"]
    ),
    (
      #"{"name": "x", "modality": "text", "labels": [{"name": "a"}], "settings": {"trainer": {"layers": 3}}}"#,
      ["/settings/trainer/layers"]
    ),
    (
      #"{"name": "x", "modality": "text", "labels": [{"name": "a"}], "settings": {"lease_seconds": "long"}}"#,
      ["/settings/lease_seconds"]
    ),
  ])
  func projectsSayWhereTheyAreWrong(body: String, pointers: [String]) async throws {
    try await withServer { server in
      let answer = try await server.client(.engineer, "Eve").post("projects", body)
      #expect(answer.status == 422, "\(answer.text)")
      #expect(answer.pointers == pointers)
    }
  }

  @Test func queriesSayWhereTheyAreWrong() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one"], to: project)
      func pointers(_ path: String, _ body: String) async throws -> [String] {
        let answer = try await engineer.post("projects/\(project)/\(path)", body)
        #expect(answer.status == 422, "\(path) \(body) \(answer.status)")
        return answer.pointers
      }
      #expect(try await pointers("queries", #"{"strategy": "magic"}"#) == ["/strategy"])
      #expect(
        try await pointers("queries", #"{"batch_size": 0, "lease_seconds": 0}"#) == ["/batch_size", "/lease_seconds"])
      #expect(try await pointers("queries", #"{"size": 3}"#) == ["/size"])
      #expect(try await pointers("queries", #"{"outlier_filter": {"share": 1}}"#) == ["/outlier_filter/share"])
      #expect(try await pointers("next", #"{"prefetch": 101}"#) == ["/prefetch"])
      #expect(try await pointers("next", #"{"count": 3}"#) == ["/count"])
      #expect(try await pointers("stream", #"{"items": [], "budget": 2}"#) == ["/budget"])
      #expect(try await pointers("stream", #"{"items": [], "strategy": "magic"}"#) == ["/strategy"])
      #expect(try await pointers("stream", #"{"rows": []}"#) == ["/rows"])
      #expect(try await pointers("annotations", #"{"labels": ["billing"]}"#) == ["/item"])
      #expect(try await pointers("annotations", #"{"key": "t0", "labels": ["nope"]}"#) == ["/labels/0"])
      #expect(try await pointers("annotations", #"{"key": "t0", "labels": []}"#) == ["/labels"])
      #expect(try await pointers("annotations", #"{"key": "t0", "labels": ["billing", "outage"]}"#) == ["/labels"])
      #expect(try await pointers("annotations", #"{"key": "t9", "labels": ["billing"]}"#) == ["/key"])
      #expect(try await pointers("annotations", #"{"key": "t0", "outcome": "hm"}"#) == ["/outcome"])
      #expect(try await pointers("annotations", #"{"key": "t0", "label": "billing"}"#) == ["/label"])
      #expect(try await pointers("annotations", #"{"key": "t0", "labels": ["billing"], "lease": "77"}"#) == ["/lease"])
      #expect(try await pointers("annotations", #"{"annotations": [], "more": 1}"#) == ["/more"])
      #expect(try await pointers("members", #"{"name": ""}"#) == ["/name"])
    }
  }

  @Test func limitsAreDeclaredToTheServer() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let project = try await admin.project()
      func policy(_ method: HTTPMethod, _ path: String) throws -> BodyPolicy? {
        let head = try RequestHead(
          method: method, target: "/api/v1/\(path)", headers: ["Authorization": "Bearer \(admin.token ?? "")"])
        if case .handle(let policy, _, _) = server.api.accept(head) { return policy }
        return nil
      }
      #expect(try policy(.post, "projects") == .collected(limit: 1 << 20))
      #expect(try policy(.post, "projects/\(project)/annotations") == .collected(limit: 32 << 20))
      #expect(try policy(.post, "projects/\(project)/items") == .streamed(limit: 1 << 30))
      #expect(try policy(.get, "projects") == BodyPolicy.none)
      // A document that is too long for memory is refused while it arrives.
      let piece = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)
      let answer = try await admin.send(
        .post, "projects/\(project)/items", chunks: Array(repeating: piece, count: 65), type: "application/json")
      #expect(answer.status == 413)
      #expect(answer.json["detail"]?.text?.contains("application/x-ndjson") == true)
    }
  }
}
