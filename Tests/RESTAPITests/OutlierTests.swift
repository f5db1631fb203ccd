import Domain
import HTTPCore
import Testing

@Suite struct OutlierTests {
  /// Six classes that a model learns at once, and a heap of items whose labels mean nothing.
  ///
  /// - Returns: after a round in which the filter ran.
  static func filtered(_ server: TestServer) async throws -> (Client, ProjectID) {
    let engineer = try await server.client(.engineer, "Eve")
    let created = try await engineer.post(
      "projects",
      #"""
      {"name": "Heaps", "modality": "vector", "labels": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"},
        {"name": "e"}, {"name": "f"}], "settings": {"evaluation_fraction": 0.2, "batch_size": 1000, "seed": 7,
        "trainer": {"epochs": 20}}}
      """#)
    let project = try #require(created.json["id"]?.text.flatMap { ProjectID($0) }, "\(created.text)")
    var generator = Noise()
    var rows: [JSONValue] = []
    for heap in 0..<7 {
      for number in 0..<(heap == 6 ? 160 : 45) {
        let vector = (0..<8).map { JSONValue.number(($0 == heap ? 4 : 0) + generator.next()) }
        let label = heap == 6 ? Int(generator.next() * 1e6).magnitude % 6 : UInt(heap)
        let isKnown = heap == 6 ? number < 80 : number < 20
        rows.append([
          "key": .string("\(heap == 6 ? "junk" : "good")-\(heap)-\(number)"), "vector": .array(vector),
          "label": isKnown ? .string(["a", "b", "c", "d", "e", "f"][Int(label)]) : .null,
        ])
      }
    }
    let pushed = try await engineer.post(
      "projects/\(project)/items", JSONValue.object([("items", .array(rows))]).text())
    try #require(pushed.json["created"]?.int == rows.count, "\(pushed.text)")
    try await round(engineer, project)
    return (engineer, project)
  }

  /// Asks for a round, and waits until nothing is under way.
  static func round(_ engineer: Client, _ project: ProjectID) async throws {
    for _ in 0..<1200 {
      let answer = try await engineer.post("projects/\(project)/rounds")
      if answer.status == 202 {
        let number = try #require(answer.json["n"]?.int)
        for _ in 0..<1200 {
          let state = try await engineer.get("projects/\(project)/rounds/\(number)").json["state"]?.text
          if state == "serving" { return }
          try #require(state != "failed")
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("no round came to serve")
  }

  /// A small generator: the same numbers on every machine.
  private struct Noise {
    var state: UInt64 = 88_172_645_463_325_252
    mutating func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) * 0x1p-53 - 0.5
    }
  }

  @Test func whatNoModelLearnsIsKeptOutWithReasonsAndComesBackByHand() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await Self.filtered(server)
      let path = "projects/\(project)"
      let page = try await engineer.get("\(path)/excluded?limit=1000").json["items"]?.list ?? []
      #expect(page.count >= 20, "\(page.count) excluded")
      #expect(page.allSatisfy { $0["item"]?["key"]?.text?.hasPrefix("junk") == true })
      let first = try #require(page.first)
      #expect(first["probability"]?.double ?? 0 > 0.8 && first["reason"]?.text?.isEmpty == false)
      #expect(first["neighbours"]?.list?.first?["label"]?.text != nil)
      let listed = try await engineer.get("\(path)/items?state=excluded&limit=1000").json["items"]?.list ?? []
      #expect(Set(listed.compactMap { $0["id"]?.text }) == Set(page.compactMap { $0["item"]?["id"]?.text }))

      // Pages and groups show the same items.
      let one = try await engineer.get("\(path)/excluded?limit=1").json
      #expect(one["items"]?.list?.count == 1 && one["next_cursor"]?.text != nil)
      let groups = try await engineer.get("\(path)/excluded/groups").json["groups"]?.list ?? []
      #expect(groups.reduce(0) { $0 + ($1["count"]?.int ?? 0) } == page.count)

      // A query leaves them out and says so, unless it is told otherwise.
      let query = try await engineer.post("\(path)/queries", #"{"batch_size": 1000, "strategy": "entropy"}"#)
      #expect(query.json["excluded"]?["outliers"]?.int == page.count, "\(query.text.prefix(300))")
      let asked = Set((query.json["items"]?.list ?? []).compactMap { $0["item"]?["id"]?.text })
      #expect(asked.isDisjoint(with: listed.compactMap { $0["id"]?.text }))
      let all = try await engineer.post(
        "\(path)/queries", #"{"batch_size": 1000, "strategy": "random", "outlier_filter": {"method": "none"}}"#)
      #expect(all.json["items"]?.list?.count == page.count, "\(all.text.prefix(300))")
      let wrong = try await engineer.post("\(path)/queries", #"{"outlier_filter": {"method": "lof"}}"#)
      #expect(wrong.status == 422 && wrong.json["errors"]?.list?.first?["pointer"]?.text == "/outlier_filter/method")
    }
  }

  @Test func whatWasPutBackByHandStays() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await Self.filtered(server)
      let path = "projects/\(project)"
      let before = try await engineer.get("\(path)/excluded?limit=1000").json["items"]?.list ?? []
      let id = try #require(before.first?["item"]?["id"]?.text)
      let detail = try await engineer.get("\(path)/items/\(id)").json
      #expect(detail["state"]?.text == "excluded" && detail["exclusion"]?["reason"]?.text != nil)
      #expect(try await engineer.post("\(path)/excluded/\(id)/restore").json["restored"]?.int == 1)
      #expect(try await engineer.post("\(path)/excluded/\(id)/restore").json["restored"]?.int == 0)
      #expect(try await engineer.get("\(path)/items/\(id)").json["state"]?.text == "unlabelled")
      try await Self.round(engineer, project)
      let after = try await engineer.get("\(path)/excluded?limit=1000").json["items"]?.list ?? []
      #expect(!after.isEmpty && !after.contains { $0["item"]?["id"]?.text == id })

      // A whole group at a look; then none of it is left.
      let numbers = after.compactMap { $0["group"]?.int }
      let group = try #require(numbers.first)
      let count = after.count { $0["group"]?.int == group }
      let back = try await engineer.post("\(path)/excluded/restore", #"{"group": \#(group)}"#)
      #expect(back.json["restored"]?.int == count, "\(back.text)")
      #expect(try await engineer.get("\(path)/excluded?group=\(group)").json["items"]?.list?.isEmpty == true)
      #expect(try await engineer.post("\(path)/excluded/restore", #"{"group": 999}"#).status == 404)
      #expect(try await engineer.post("\(path)/excluded/restore", "{}").status == 422)
      #expect(try await engineer.post("\(path)/excluded/restore", #"{"items": ["x"]}"#).status == 422)

      // Turned off, the filter lets everything go.
      let changed = try await engineer.patch(
        path, #"{"settings": {"outlier_filter": {"method": "none"}}}"#)
      #expect(changed.status == 200, "\(changed.text)")
      try await Self.round(engineer, project)
      #expect(try await engineer.get("\(path)/excluded").json["items"]?.list?.isEmpty == true)
      let annotator = try await server.client(.annotator, "Ann")
      #expect(try await annotator.get("\(path)/excluded").status == 403)
    }
  }

  @Test func insightsSayWhatTheLabelsAndRoundsSay() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await Self.filtered(server)
      let path = "projects/\(project)"
      // Labels of the evaluation stream, given by the heaps' own names.
      for _ in 0..<8 {
        let items = try await engineer.post("\(path)/next", #"{"prefetch": 20}"#).json["items"]?.list ?? []
        for entry in items {
          let heap = Int(entry["item"]?["key"]?.text?.split(separator: "-")[1] ?? "0") ?? 0
          let answer = try await engineer.post(
            "\(path)/annotations",
            #"{"lease": "\#(entry["lease"]?.text ?? "")", "item": "\#(entry["item"]?["id"]?.text ?? "")", "labels": ["\#(["a", "b", "c", "d", "e", "f", "a"][heap])"]}"#
          )
          try #require(answer.status == 201 || answer.status == 200, "\(answer.text)")
        }
      }
      for _ in 0..<2 { try await Self.round(engineer, project) }
      let answer = try await engineer.get("\(path)/insights")
      #expect(answer.status == 200, "\(answer.text)")
      let insights = answer.json
      #expect(insights["labels"]?.list?.count == 6)
      let curve = try #require(insights["learning_curve"], "\(answer.text.prefix(400))")
      #expect(curve["metric"]?.text == "accuracy" && curve["active"]?.list?.isEmpty == false)
      #expect(curve["random"]?.list?.isEmpty == false)
      #expect(curve["comparison"]?["sentence"]?.text?.isEmpty == false)
      #expect(insights["dataset_map"]?["items"]?.list?.first?["region"]?.text != nil)
      #expect(insights["excluded"]?["count"]?.int ?? -1 >= 0)
      #expect(["stop", "go_on", "too_early"].contains(insights["stopping"]?["advice"]?.text ?? ""))
      #expect(insights["costs"]?.list?.isEmpty == false)
      // Worked out once for a round: the second answer is the same.
      #expect(try await engineer.get("\(path)/insights").text == answer.text)
    }
  }
}
