import Domain
import HTTPCore
import Testing

/// What exports leave out, and what they promise before they are taken away.
@Suite struct ExportFilterTests {
  /// Four items with opinions, a flag, a skip and one that was settled by hand; the fifth has nothing.
  private static func filled(_ server: TestServer) async throws -> (Client, String) {
    let engineer = try await server.client(.engineer, "Eve")
    let project = try await engineer.project(settings: #"{"overlap": 2, "evaluation_fraction": 0}"#)
    try await engineer.push(["one", "two", "three, \"3\"", "four 😀", "five"], to: project)
    let path = "projects/\(project)"
    for (name, answers) in [
      (
        "Ann",
        [
          #"{"key": "t0", "labels": ["billing"]}"#, #"{"key": "t1", "labels": ["outage"]}"#,
          #"{"key": "t2", "outcome": "flag", "note": "what is this?"}"#, #"{"key": "t3", "labels": ["billing"]}"#,
        ]
      ),
      (
        "Bob",
        [
          #"{"key": "t0", "labels": ["billing"]}"#, #"{"key": "t1", "labels": ["billing"]}"#,
          #"{"key": "t3", "outcome": "skip"}"#,
        ]
      ),
    ] {
      let person = try await server.client(.annotator, name, in: [project])
      for answer in answers {
        let said = try await person.post("\(path)/annotations", answer)
        try #require(said.status == 201, "\(said.text)")
      }
    }
    let settled = try await engineer.post("\(path)/adjudications", #"{"key": "t1", "labels": ["outage"]}"#)
    try #require(settled.status == 201, "\(settled.text)")
    return (engineer, path)
  }

  @Test func everyFilterHoldsWhatItSays() async throws {
    try await withServer { server in
      let (engineer, path) = try await Self.filled(server)
      for (query, keys) in [
        ("", ["t0", "t1", "t2", "t3"]), ("state=labelled", ["t0", "t1", "t3"]), ("state=excluded", ["t2"]),
        ("state=unlabelled", []), ("label=billing", ["t0", "t3"]), ("label=outage", ["t1"]),
        ("annotator=Bob", ["t0", "t1", "t3"]), ("flagged=true", ["t2"]), ("flagged=false", ["t0", "t1", "t3"]),
        ("adjudicated=true", ["t1"]), ("adjudicated=false", ["t0", "t2", "t3"]), ("evaluation=true", []),
        ("evaluation=false", ["t0", "t1", "t2", "t3"]), ("until=2020-01-01T00:00:00Z", []),
        ("since=2020-01-01T00:00:00Z&annotator=Ann&label=billing", ["t0", "t3"]),
        ("consensus=dawid-skene&label=outage", ["t1"]),
        ("consensus=all", ["t0", "t0", "t1", "t1", "t2", "t3", "t3"]),
        ("consensus=all&label=billing", ["t0", "t0", "t1", "t3"]), ("consensus=all&annotator=Ann&flagged=true", ["t2"]),
        ("consensus=all&annotator=Bob", ["t0", "t1", "t3"]), ("consensus=all&adjudicated=true", ["t1", "t1"]),
      ] {
        let lines = try await engineer.get("\(path)/export?\(query)").lines()
        #expect(lines.map { $0["key"]?.text } == keys, "\(query)")
        for limit in [0, 2, 100] {
          let preview = try await engineer.get("\(path)/export/preview?\(query)&limit=\(limit)").json
          #expect(preview["rows"]?.int == keys.count && preview["shown"]?.int == min(limit, keys.count), "\(query)")
        }
      }
    }
  }

  @Test func theTimeAskedForIsThatOfTheSameWord() async throws {
    try await withServer { server in
      let (engineer, path) = try await Self.filled(server)
      let said = try await engineer.get("\(path)/export?consensus=all").lines()
      let bobsFirst = try #require(
        said.first { $0["annotations"]?[0]?["annotator"]?.text == "Bob" }?["annotations"]?[0]?["created_at"]?.text)
      let before = try await engineer.get("\(path)/export?annotator=Bob&until=\(bobsFirst)").lines()
      #expect(before.isEmpty)
      let from = try await engineer.get("\(path)/export?annotator=Bob&since=\(bobsFirst)").lines()
      #expect(from.map { $0["key"]?.text } == ["t0", "t1", "t3"])
    }
  }

  @Test func thePreviewIsTheBeginningOfTheFile() async throws {
    try await withServer { server in
      let (engineer, path) = try await Self.filled(server)
      for format in ["jsonl", "csv"] {
        for query in ["format=\(format)", "format=\(format)&consensus=all&safe_cells=true&annotator=Ann"] {
          let file = try await engineer.get("\(path)/export?\(query)").text
          for limit in [0, 1, 3] {
            let preview = try await engineer.get("\(path)/export/preview?\(query)&limit=\(limit)").json
            let head = try #require(preview["head"]?.text)
            #expect(file.hasPrefix(head) && preview["cut"]?.bool == false, "\(query)")
            #expect(head.isEmpty == (format == "jsonl" && limit == 0))
          }
          let whole = try await engineer.get("\(path)/export/preview?\(query)&limit=100").json
          #expect(whole["head"]?.text == file)
        }
      }
      let named = try await engineer.get("\(path)/export/preview?format=csv").json["name"]?.text
      #expect(named?.hasSuffix(".csv") == true)
    }
  }

  @Test func longRowsAreCutBetweenCharacters() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let path = "projects/\(project)"
      try await engineer.push([String(repeating: "😀", count: 100_000), "short"], to: project)
      for key in ["t0", "t1"] { #expect(try await engineer.label(key, "billing", in: project).status == 201) }
      let file = try await engineer.get("\(path)/export?format=csv").text
      let preview = try await engineer.get("\(path)/export/preview?format=csv").json
      let head = try #require(preview["head"]?.text)
      #expect(preview["rows"]?.int == 2 && preview["shown"]?.int == 1 && preview["cut"]?.bool == true)
      #expect(head.utf8.count <= 128 << 10 && head.utf8.count > (128 << 10) - 4 && file.hasPrefix(head))
    }
  }

  @Test func whatCannotBeFilteredByIsRefused() async throws {
    try await withServer { server in
      let (engineer, path) = try await Self.filled(server)
      for (query, pointer) in [
        ("state=leased", "/state"), ("label=nope", "/label"), ("annotator=Nobody", "/annotator"),
        ("flagged=maybe", "/flagged"), ("adjudicated=1", "/adjudicated"), ("since=yesterday", "/since"),
        ("until=2026", "/until"), ("format=xml", "/format"), ("consensus=best", "/consensus"),
      ] {
        for place in ["export", "export/preview"] {
          let answer = try await engineer.get("\(path)/\(place)?\(query)")
          #expect(answer.status == 422 && answer.pointers == [pointer], "\(place) \(query)")
        }
      }
      #expect(try await engineer.get("\(path)/export/preview?limit=101").pointers == ["/limit"])
      #expect(try await engineer.get("projects/999/export/preview").status == 404)
    }
  }

  @Test func theAuditLogTellsWhatWasTaken() async throws {
    try await withServer { server in
      let (engineer, path) = try await Self.filled(server)
      _ = try await engineer.get("\(path)/export/preview?flagged=true")
      _ = try await engineer.get("\(path)/export?flagged=true&label=billing&until=2030-01-01T00:00:00Z").lines()
      let admin = try await server.client(.admin, "Root")
      let told = try await admin.get("audit?action=export.download").json["items"]?.list ?? []
      // Looking takes nothing away.
      #expect(told.count == 1)
      #expect(told.first?["after"]?["flagged"]?.bool == true && told.first?["after"]?["label"]?.text == "billing")
      #expect(told.first?["after"]?["until"]?.text == "2030-01-01T00:00:00.000Z")
    }
  }
}
