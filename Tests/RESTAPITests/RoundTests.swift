import Domain
import HTTPCore
import Testing

@Suite struct RoundTests {
  /// A project whose first round serves a model.
  static func trained(_ server: TestServer) async throws -> (Client, ProjectID) {
    let engineer = try await server.client(.engineer, "Eve")
    let project = try await engineer.project()
    let rows = (0..<40).map { index -> JSONValue in
      let isBill = index % 2 == 0
      return .object([
        ("key", .string("t\(index)")),
        ("text", .string((isBill ? "the invoice number \(index) is wrong" : "server \(index) is down again"))),
        ("label", index < 30 ? .string(isBill ? "billing" : "outage") : .null),
      ])
    }
    let pushed = try await engineer.post(
      "projects/\(project)/items", JSONValue.object([("items", .array(rows))]).text())
    try #require(pushed.json["created"]?.int == 40, "\(pushed.text)")
    for _ in 0..<1200 {
      let state = try await engineer.get("projects/\(project)/rounds/1").json["state"]?.text
      if state == "serving" { return (engineer, project) }
      try #require(state != "failed")
      try await Task.sleep(for: .milliseconds(50))
    }
    throw LateRound()
  }

  private struct LateRound: Error {}

  @Test func beforeAModelThereAreNoPredictions() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let answer = try await engineer.post("projects/\(project)/predict", #"{"items": [{"text": "x"}]}"#)
      #expect(answer.status == 409)
      #expect(try await engineer.get("projects/\(project)/rounds").json["items"]?.list?.isEmpty == true)
      #expect(try await engineer.get("projects/\(project)/rounds/1").status == 404)
      #expect(try await engineer.get("projects/\(project)/rounds/1/model").status == 404)
      #expect(try await engineer.post("projects/\(project)/rounds/1/cancel").status == 404)
    }
  }

  @Test func aTrainedModelPredicts() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await Self.trained(server)
      let answer = try await engineer.post(
        "projects/\(project)/predict",
        #"{"items": [{"key": "x", "text": "the invoice is wrong"}, {"key": "y"}, 5, {"text": "the server is down"}]}"#)
      #expect(answer.status == 200, "\(answer.text)")
      let items = answer.json["items"]?.list ?? []
      #expect(items.map { $0["row"]?.int } == [0, 3])
      #expect(items.map { $0["label"]?.text } == ["billing", "outage"])
      let total = ["billing", "outage"].compactMap { items.first?["probabilities"]?[$0]?.double }.reduce(0, +)
      #expect(abs(total - 1) < 1e-3)
      let rejected = answer.json["rejected"]?.list ?? []
      #expect(rejected.map { $0["row"]?.int } == [1, 2])
      #expect(rejected.first?["pointer"]?.text == "/text")
      let round = try await engineer.get("projects/\(project)/rounds/1").json
      #expect(round["report"]?["labels"]?["training"]?.int == 30)
      let model = try await engineer.get("projects/\(project)/rounds/1/model")
      #expect(model.status == 200 && model.bytes.count > 100)
      #expect(model.headers["Content-Disposition"] == "attachment; filename=\"round-1.safetensors\"")
      #expect(try await engineer.get("projects/\(project)/rounds/+1/model").status == 404)
      #expect(try await engineer.post("projects/\(project)/rounds/1/cancel").status == 409)
      let listed = try await engineer.get("projects/\(project)/rounds?limit=1").json
      #expect(listed["items"]?[0]?["n"]?.int == 1 && listed["next_cursor"] == .null)
      #expect(try await engineer.get("projects/\(project)").json["model"]?["round"]?.int == 1)
      let open = try await engineer.next(in: project)
      let detail = try await engineer.get("projects/\(project)/items/\(open.item)").json
      #expect(["billing", "outage"].contains(detail["prediction"]?["label"]?.text))
    }
  }

  @Test func roundsAreAskedForAndCancelled() async throws {
    try await withServer { server in
      // Nothing trains here, so what is asked for stays queued.
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two"], to: project)
      let first = try await engineer.get("projects/\(project)/rounds").json["items"]
      #expect(first?[0]?["state"]?.text == "queued" && first?[0]?["trigger"]?.text == "first")
      #expect(try await engineer.post("projects/\(project)/rounds").status == 409)
      let cancelled = try await engineer.post("projects/\(project)/rounds/1/cancel")
      #expect(cancelled.status == 202 && cancelled.json["state"]?.text == "cancelled")
      let asked = try await engineer.post("projects/\(project)/rounds")
      #expect(asked.status == 202 && asked.json["n"]?.int == 2)
      #expect(asked.headers["Location"] == "/api/v1/projects/\(project)/rounds/2")
      let page = try await engineer.get("projects/\(project)/rounds?limit=1").json
      #expect(page["items"]?[0]?["n"]?.int == 2)
      let cursor = try #require(page["next_cursor"]?.text)
      let rest = try await engineer.get("projects/\(project)/rounds?cursor=\(cursor)").json
      #expect(rest["items"]?.list?.map { $0["n"]?.int } == [1])
    }
  }
}
