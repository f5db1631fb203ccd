import Domain
import Foundation
import HTTPCore
import Testing

@Suite struct MultiLabelTests {
  private func project(_ client: Client, settings: String = #"{"evaluation_fraction": 0}"#) async throws -> ProjectID {
    let answer = try await client.post(
      "projects",
      #"{"name": "Feelings", "modality": "text", "task": "multi_label", "labels": [{"name": "joy"}, {"name": "anger"}, {"name": "surprise"}], "settings": \#(settings)}"#
    )
    try #require(answer.status == 201, "\(answer.text)")
    #expect(answer.json["task"]?.text == "multi_label")
    return try #require(ProjectID(answer.json["id"]?.text ?? ""))
  }

  @Test func anAnswerSaysWhichLabelsApply() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await project(engineer)
      try await engineer.push(["one", "two", "three"], to: project)
      func say(_ body: String) async throws -> Answer {
        try await engineer.post("projects/\(project)/annotations", body)
      }
      let both = try await say(#"{"key": "t0", "labels": ["surprise", "joy"]}"#)
      #expect(both.status == 201 && both.json["labels"]?.list?.count == 2)
      #expect(try await say(#"{"key": "t1", "labels": []}"#).status == 201)
      let silent = try await say(#"{"key": "t2"}"#)
      #expect(silent.status == 422 && silent.pointers == ["/labels"])
      #expect(try await say(#"{"key": "t2", "labels": ["joy", "joy"]}"#).pointers == ["/labels/1"])
      let batch = try await say(
        #"{"annotations": [{"key": "t2", "labels": ["anger", "fear"]}, {"key": "t2", "labels": ["anger"]}]}"#)
      #expect(batch.json["created"]?.int == 1 && batch.json["rejected"]?[0]?["pointer"]?.text == "/labels/1")
      let changed = try await engineer.patch(
        "annotations/\(try #require(both.json["id"]?.text))", #"{"labels": []}"#)
      #expect(changed.status == 200 && changed.json["labels"]?.list?.isEmpty == true)

      let lines = try await engineer.get("projects/\(project)/export").lines()
      #expect(lines.map { $0["labels"]?.list?.compactMap(\.text) } == [[], [], ["anger"]])
      #expect(lines.allSatisfy { $0["label"] == nil })
      let filtered = try await engineer.get("projects/\(project)/items?label=anger").json["items"]?.list
      #expect(filtered?.map { $0["key"]?.text } == ["t2"])
    }
  }

  @Test func aTableComesBackAsItWent() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await project(engineer)
      let pushed = try await engineer.send(
        .post, "projects/\(project)/items?label_column=tags&label_separator=,",
        chunks: [
          Array("key,text,tags\na,one,\"joy, anger\"\nb,two,surprise\nc,three,\nd,four,\",\"\ne,five,fear\n".utf8)
        ],
        type: "text/csv")
      #expect(pushed.json["created"]?.int == 4 && pushed.json["rejected"]?[0]?["pointer"]?.text == "/labels/0")
      let table = try await engineer.get("projects/\(project)/export?format=csv").text
      let rows = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let label = try #require(rows[0].firstIndex(of: "label"))
      #expect(rows.dropFirst().map { "\($0[1]) \($0[label])" } == ["a joy;anger", "b surprise", "d "])

      let lines = try await engineer.send(
        .post, "projects/\(project)/items",
        chunks: [Array(#"{"key": "x", "text": "six", "labels": ["joy"]}"#.utf8) + [10]], type: "application/x-ndjson")
      #expect(lines.json["created"]?.int == 1)
      let single = try await engineer.project("Single")
      let refused = try await engineer.send(
        .post, "projects/\(single)/items?label_separator=,", chunks: [Array("text\nx\n".utf8)], type: "text/csv")
      #expect(refused.pointers == ["/label_separator"])
    }
  }

  @Test func aTrainedModelPredictsEachLabelByItself() async throws {
    try await withServer(training: true) { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await project(
        engineer, settings: #"{"batch_size": 1000, "evaluation_fraction": 0, "trainer": {"epochs": 40}}"#)
      let words = ["what a happy day", "this is outrageous", "I did not expect that"]
      let labels: [JSONValue] = ["joy", "anger", "surprise"]
      let rows = (0..<64).map { index -> JSONValue in
        let chosen = (0..<3).filter { index >> $0 & 1 == 1 }
        return .object([
          ("key", .string("t\(index)")),
          ("text", .string((chosen.map { words[$0] } + ["note \(index)"]).joined(separator: ". "))),
          ("labels", index < 48 ? .array(chosen.map { labels[$0] }) : .null),
        ])
      }
      let pushed = try await engineer.post(
        "projects/\(project)/items", JSONValue.object([("items", .array(rows))]).text())
      try #require(pushed.json["created"]?.int == 64, "\(pushed.text)")
      var state: String?
      for _ in 0..<1200 where state != "serving" {
        state = try await engineer.get("projects/\(project)/rounds/1").json["state"]?.text
        try #require(state != "failed")
        try await Task.sleep(for: .milliseconds(50))
      }
      let answer = try await engineer.post(
        "projects/\(project)/predict",
        #"{"items": [{"text": "what a happy day. this is outrageous"}, {"text": "note 3"}]}"#)
      let items = answer.json["items"]?.list ?? []
      #expect(items.first?["labels"]?.list?.compactMap(\.text) == ["joy", "anger"], "\(answer.text)")
      #expect(items.last?["labels"]?.list?.isEmpty == true)
      let query = try await engineer.post(
        "projects/\(project)/queries",
        #"{"batch_size": 4, "strategy": {"name": "margin_diverse", "parameters": {"candidate_factor": 3}}}"#)
      #expect(query.json["items"]?.list?.count == 4 && query.json["strategy_used"]?.text == "margin_diverse")
    }
  }

  @Test func strategiesAndSettingsAreRefusedWithTheirPointers() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await project(engineer)
      try await engineer.push(["one"], to: project)
      func asked(_ strategy: String) async throws -> [String] {
        try await engineer.post("projects/\(project)/queries", #"{"strategy": \#(strategy)}"#).pointers
      }
      #expect(try await asked(#""psychic""#) == ["/strategy"])
      #expect(try await asked(#"{"name": "typiclust", "parameters": {"depth": 1}}"#) == ["/strategy/parameters/depth"])
      #expect(
        try await asked(#"{"name": "typiclust", "parameters": {"neighbours": 0}}"#) == [
          "/strategy/parameters/neighbours"
        ])
      #expect(try await asked(#"{"name": "typiclust", "parametres": {}}"#) == ["/strategy/parametres"])
      #expect(try await asked(#"{"name": "typiclust", "parameters": {"neighbours": 7}}"#).isEmpty)
      func set(_ settings: String) async throws -> Answer {
        try await engineer.patch("projects/\(project)", #"{"settings": \#(settings)}"#)
      }
      #expect(try await set(#"{"trainer": {"model": "convolutional"}}"#).pointers == ["/settings/trainer/model"])
      #expect(
        try await set(#"{"trainer": {"model": "perceptron", "optimizer": "lbfgs"}}"#).pointers == [
          "/settings/trainer/optimizer"
        ])
      #expect(try await set(#"{"trainer": {"comittee": {}}}"#).pointers == ["/settings/trainer/comittee"])
      #expect(
        try await set(#"{"trainer": {"committee": {"sise": 1}}}"#).pointers == ["/settings/trainer/committee/sise"])
      let kept = try await set(
        #"{"strategy": {"name": "typiclust", "parameters": {"neighbours": 7}}, "trainer": {"committee": {"kind": "ensemble"}}}"#
      )
      #expect(kept.status == 200, "\(kept.text)")
      #expect(kept.json["settings"]?["strategy"]?["parameters"]?["neighbours"]?.double == 7)
      #expect(kept.json["settings"]?["trainer"]?["committee"]?["size"]?.int == 5)
      #expect(try await engineer.patch("projects/\(project)", #"{"task": "single_label"}"#).pointers == ["/task"])
      // What the server shows can be sent back to it.
      let back = try await set(try #require(kept.json["settings"]).text())
      #expect(back.status == 200 && back.json["settings"] == kept.json["settings"], "\(back.text)")
    }
  }

  @Test func everyStrategyIsDescribed() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let answer = try await engineer.get("strategies").json
      let names = answer["pool"]?.list?.compactMap { $0["name"]?.text } ?? []
      for name in ["auto", "batch_bald", "badge", "core_set", "contrastive", "augmentation_kl", "density_weighted"] {
        #expect(names.contains(name))
      }
      for strategy in (answer["pool"]?.list ?? []) + (answer["stream"]?.list ?? []) {
        #expect(strategy["parameters"]?["type"]?.text == "object" && strategy["needs"]?.list != nil)
        #expect(strategy["summary"]?.text?.isEmpty == false)
      }
    }
  }
}
