import Domain
import HTTPCore
import Testing

/// JSON that is meant to hurt.
@Suite struct HostileJSONTests {
  private func nested(_ depth: Int, _ open: String = "[", _ close: String = "]") -> String {
    String(repeating: open, count: depth) + String(repeating: close, count: depth)
  }

  @Test(arguments: [1000, 100_000], [("[", "]"), (#"{"a":"#, "}"), ("[", "")])
  func deepNestingIsRefused(depth: Int, brackets: (String, String)) async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let inner = brackets.0 == "[" ? "" : "1"
      let deep =
        String(repeating: brackets.0, count: depth) + inner + String(repeating: brackets.1, count: depth)
      for (path, body) in [
        ("projects", deep), ("projects/\(project)/items", #"{"items": [{"text": "a", "meta": \#(deep)}]}"#),
        ("projects/\(project)/annotations", deep), ("projects/\(project)/next", deep),
      ] {
        let answer = try await engineer.post(path, body)
        #expect(answer.status == 400 || answer.status == 422, "\(path) \(answer.text.prefix(200))")
      }
      let line = #"{"text": "a", "meta": \#(deep)}"# + "\n" + #"{"text": "good"}"#
      let lines = try await engineer.send(
        .post, "projects/\(project)/items", chunks: [Array(line.utf8)], type: "application/x-ndjson")
      #expect(lines.json["created"]?.int == 1 && lines.json["rejected_count"]?.int == 1, "\(lines.text.prefix(300))")
    }
  }

  @Test func nestingThatIsAllowedComesBack() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      for depth in [10, 100, 250, 500] {
        let row = #"{"key": "d\#(depth)", "text": "t\#(depth)", "meta": {"a": \#(nested(depth))}}"#
        let answer = try await engineer.post("projects/\(project)/items", #"{"items": [\#(row)]}"#)
        // What the parser takes is kept whole; beyond, it is refused.
        guard answer.status == 200, answer.json["created"]?.int == 1 else {
          #expect(depth > 250, "\(answer.text.prefix(300))")
          continue
        }
        let items = try await engineer.get("projects/\(project)/items").text
        #expect(items.contains(nested(depth)), "\(depth)")
      }
    }
  }

  @Test(arguments: [
    "1e999", "-1e999", "1e-999", "9223372036854775808", "1" + String(repeating: "0", count: 100_000), "NaN", "Infinity",
    "0x10", "01", "+1", "1.", ".5", "-", "1e", "--1", "true", "null", #""1""#, "[]", "{}",
  ])
  func numbersAreReadOrRefused(number: String) async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "vector", labels: ["a", "b"])
      let items = "projects/\(project)/items"
      for (path, body) in [
        (items, #"{"items": [{"vector": [\#(number), 1]}]}"#),
        ("projects/\(project)/next", #"{"prefetch": \#(number)}"#),
        ("projects/\(project)/queries", #"{"batch_size": \#(number)}"#),
        ("projects/\(project)/annotations", #"{"key": "a", "labels": ["a"], "duration_ms": \#(number)}"#),
        ("projects", #"{"name": "n", "modality": "text", "labels": [], "settings": {"lease_seconds": \#(number)}}"#),
      ] {
        let answer = try await engineer.post(path, body)
        #expect(answer.status < 500, "\(path) \(answer.text.prefix(200))")
      }
      // Whatever got in can be taken out again, as numbers that JSON has.
      #expect(try await engineer.get(items).status == 200)
    }
  }

  @Test(arguments: [
    #""\ud800""#, #""\udc00\ud800""#, #""\ud83d""#, #""\u0000""#, #""a\u0000b""#, #""\u202ea""#, #""\uffff""#, #""\x""#,
    "\"a\u{1}b\"", #""'; DROP TABLE item; --""#, #""<script>alert(1)</script>""#, #""\ufeff""#,
  ])
  func textsAreKeptWholeOrRefused(text: String) async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let items = "projects/\(project)/items"
      let answer = try await engineer.post(items, #"{"items": [{"key": \#(text), "text": \#(text)}]}"#)
      #expect(answer.status == 200 || answer.status == 400, "\(answer.text)")
      let kept = try await engineer.get(items).json["items"]?.list ?? []
      guard answer.json["created"]?.int == 1 else {
        #expect(kept.isEmpty)
        return
      }
      let (key, value) = (try #require(kept[0]["key"]?.text), try #require(kept[0]["text"]?.text))
      #expect(key == value)
      let label = try await engineer.post(
        "projects/\(project)/annotations", #"{"key": \#(text), "labels": ["billing"], "note": \#(text)}"#)
      #expect(label.status == 201, "\(label.text)")
      let line = try #require(try await engineer.get("projects/\(project)/export").lines().first)
      #expect(line["key"]?.text == key && line["text"]?.text == value)
      #expect(line["annotations"]?[0]?["note"]?.text == value)
      #expect(try await engineer.get("projects/\(project)").status == 200)
    }
  }

  @Test func membersThatComeTwiceDoNoHarm() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let twice = #"{"items": [{"key": "a", "key": "b", "text": "x", "text": "y", "meta": {"m": 1, "m": 2}}]}"#
      let answer = try await engineer.post("projects/\(project)/items", twice)
      #expect(answer.status == 200 || answer.status == 400, "\(answer.text)")
      #expect(try await engineer.get("projects/\(project)/items").json["items"]?.list?.count ?? 0 <= 1)
    }
  }

  @Test(arguments: [["gzip"], ["deflate"], ["br"], ["gzip, gzip"]])
  func compressedBodiesAreNotUnpacked(coding: [String]) async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let bomb: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0, count: 100)
      for path in ["projects", "projects/1/items"] {
        let answer = try await engineer.send(
          .post, path, chunks: [bomb], type: "application/json", headers: ["Content-Encoding": coding[0]])
        #expect((400..<500).contains(answer.status), "\(path) \(answer.text)")
      }
      let project = try await engineer.project()
      for type in ["application/gzip", "application/json"] {
        let answer = try await engineer.send(.post, "projects/\(project)/items", chunks: [bomb], type: type)
        #expect(answer.status == (type == "application/gzip" ? 415 : 400), "\(answer.text)")
      }
    }
  }
}
