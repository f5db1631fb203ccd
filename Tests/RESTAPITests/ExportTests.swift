import Domain
import HTTPCore
import RESTAPI
import Testing

@Suite struct ExportTests {
  /// Texts and labels that are hard to write.
  private static let hard = ["plain", "a, \"b\"", "two\nlines", "😀 ü", "=1+1", "<b>"]

  private func filled(_ server: TestServer) async throws -> (Client, ProjectID) {
    let engineer = try await server.client(.engineer, "Eve")
    let made = try await engineer.post(
      "projects",
      JSONValue.object([
        ("name", "Hard"), ("modality", "text"),
        ("labels", .array(Self.hard.filter { !$0.contains("\n") }.map { .object([("name", .string($0))]) })),
        ("settings", .object([("overlap", 3), ("evaluation_fraction", 0)])),
      ]).text())
    let project = try #require(ProjectID(made.json["id"]?.text ?? ""), "\(made.text)")
    try await engineer.push(Self.hard + ["unsaid"], to: project)
    for (index, _) in Self.hard.enumerated() {
      let label = Self.hard[index].contains("\n") ? "plain" : Self.hard[index]
      let body = JSONValue.object([
        ("key", .string("t\(index)")), ("labels", .array([.string(label)])), ("note", .string(Self.hard[index])),
      ])
      #expect(try await engineer.post("projects/\(project)/annotations", body.text()).status == 201)
    }
    return (engineer, project)
  }

  @Test func linesHoldWhatWasSent() async throws {
    try await withServer { server in
      let (engineer, project) = try await filled(server)
      let answer = try await engineer.get("projects/\(project)/export")
      #expect(answer.headers["Content-Type"] == "application/x-ndjson")
      #expect(answer.headers["Content-Disposition"] == "attachment; filename=\"project-\(project).jsonl\"")
      let lines = try answer.lines()
      #expect(lines.map { $0["text"]?.text } == Self.hard)
      #expect(lines.map { $0["label"]?.text } == Self.hard.map { $0.contains("\n") ? "plain" : $0 })
      #expect(lines.map { $0["annotations"]?[0]?["note"]?.text } == Self.hard)
      #expect(lines.allSatisfy { $0["annotations"]?[0]?["annotator"]?.text == "Eve" })
    }
  }

  @Test func tablesHoldWhatWasSent() async throws {
    try await withServer { server in
      let (engineer, project) = try await filled(server)
      let answer = try await engineer.get("projects/\(project)/export?format=csv")
      #expect(answer.headers["Content-Type"] == "text/csv; charset=utf-8")
      // The table is read back by pushing it into another project.
      let copy = try await engineer.project("Copy", labels: ["other"])
      let pushed = try await engineer.send(.post, "projects/\(copy)/items", chunks: [answer.bytes], type: "text/csv")
      #expect(pushed.json["created"]?.int == Self.hard.count, "\(pushed.text)")
      let items = try await engineer.get("projects/\(copy)/items").json["items"]?.list ?? []
      #expect(items.compactMap { $0["text"]?.text } == Self.hard)
      #expect(answer.text.contains("\"a, \"\"b\"\"\""))
    }
  }

  @Test func everyOpinionCanBeARow() async throws {
    try await withServer { server in
      let (engineer, project) = try await filled(server)
      let ann = try await server.client(.annotator, "Ann", in: [project])
      #expect(try await ann.label("t0", "<b>", in: project).status == 201)
      let majority = try await engineer.get("projects/\(project)/export").lines()
      #expect(majority.count == Self.hard.count)
      #expect(majority[0]["annotations"]?.list?.count == 2)
      let all = try await engineer.get("projects/\(project)/export?consensus=all").lines()
      #expect(all.count == Self.hard.count + 1)
      #expect(all.prefix(2).map { $0["label"]?.text } == ["plain", "<b>"])
      for (query, pointer) in [("format=xml", "/format"), ("consensus=best", "/consensus")] {
        #expect(try await engineer.get("projects/\(project)/export?\(query)").pointers == [pointer])
      }
    }
  }

  @Test func labelsWithCommasStayWhole() async throws {
    try await withServer { server in
      let (engineer, project) = try await filled(server)
      let answer = try await engineer.get("projects/\(project)/export?format=csv")
      let copy = try await engineer.post(
        "projects", #"{"name": "C", "modality": "text", "labels": [{"name": "a, \"b\""}, {"name": "<b>"}]}"#)
      let id = try #require(copy.json["id"]?.text)
      let pushed = try await engineer.send(
        .post, "projects/\(id)/items?label_column=label", chunks: [answer.bytes], type: "text/csv")
      #expect(pushed.json["created"]?.int == 2, "\(pushed.text)")
      let labelled = try await engineer.get("projects/\(id)/export").lines()
      #expect(labelled.map { $0["label"]?.text } == ["a, \"b\"", "<b>"])
    }
  }

  /// The bytes of an export, with moments left out: programs read them, so they change on purpose only.
  @Test(arguments: [("jsonl", lines), ("csv", table)])
  func bytesStayAsTheyAre(format: String, golden: String) async throws {
    try await withServer { server in
      let (engineer, project) = try await filled(server)
      let ann = try await server.client(.annotator, "Ann, A.", in: [project])
      #expect(try await ann.label("t0", "<b>", in: project).status == 201)
      #expect(try await ann.post("projects/\(project)/annotations", #"{"key": "t2", "outcome": "skip"}"#).status == 201)
      let settled = try await engineer.post(
        "projects/\(project)/adjudications", #"{"key": "t3", "labels": ["plain"]}"#)
      #expect(settled.status < 300, "\(settled.text)")
      let text = try await engineer.get("projects/\(project)/export?format=\(format)").text
      #expect(text.replacing(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "TIME") == golden + "\n")
    }
  }

  private static let lines = #"""
    {"id":"1","key":"t0","text":"plain","label":"plain","consensus":{"method":"majority","probability":0.5,"opinions":2,"adjudicated":false},"state":"unlabelled","evaluation":false,"meta":null,"annotations":[{"id":"1","annotator":"Eve","outcome":"label","labels":["plain"],"note":"plain","duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false},{"id":"7","annotator":"Ann, A.","outcome":"label","labels":["\u003cb>"],"note":null,"duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false}]}
    {"id":"2","key":"t1","text":"a, \"b\"","label":"a, \"b\"","consensus":{"method":"majority","probability":1,"opinions":1,"adjudicated":false},"state":"unlabelled","evaluation":false,"meta":null,"annotations":[{"id":"2","annotator":"Eve","outcome":"label","labels":["a, \"b\""],"note":"a, \"b\"","duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false}]}
    {"id":"3","key":"t2","text":"two\nlines","label":"plain","consensus":{"method":"majority","probability":1,"opinions":1,"adjudicated":false},"state":"unlabelled","evaluation":false,"meta":null,"annotations":[{"id":"3","annotator":"Eve","outcome":"label","labels":["plain"],"note":"two\nlines","duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false},{"id":"8","annotator":"Ann, A.","outcome":"skip","labels":[],"note":null,"duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false}]}
    {"id":"4","key":"t3","text":"😀 ü","label":"plain","consensus":{"method":"majority","probability":1,"opinions":1,"adjudicated":true},"state":"labelled","evaluation":false,"meta":null,"annotations":[{"id":"4","annotator":"Eve","outcome":"label","labels":["😀 ü"],"note":"😀 ü","duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false}]}
    {"id":"5","key":"t4","text":"=1+1","label":"=1+1","consensus":{"method":"majority","probability":1,"opinions":1,"adjudicated":false},"state":"unlabelled","evaluation":false,"meta":null,"annotations":[{"id":"5","annotator":"Eve","outcome":"label","labels":["=1+1"],"note":"=1+1","duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false}]}
    {"id":"6","key":"t5","text":"\u003cb>","label":"\u003cb>","consensus":{"method":"majority","probability":1,"opinions":1,"adjudicated":false},"state":"unlabelled","evaluation":false,"meta":null,"annotations":[{"id":"6","annotator":"Eve","outcome":"label","labels":["\u003cb>"],"note":"\u003cb>","duration_ms":null,"created_at":"TIME","strategy":"direct","round":null,"rank":null,"utility":null,"propensity":null,"evaluation":false}]}
    """#

  private static let table = #"""
    id,key,text,image,vector,label,outcome,annotators,annotation,created_at,strategy,round,rank,utility,propensity,evaluation,meta,consensus,probability,adjudicated
    1,t0,plain,,,plain,label,"Eve;Ann, A.",1,TIME,direct,,,,,false,,majority,0.5,false
    2,t1,"a, ""b""",,,"a, ""b""",label,Eve,2,TIME,direct,,,,,false,,majority,1.0,false
    3,t2,"two
    lines",,,plain,label,"Eve;Ann, A.",3,TIME,direct,,,,,false,,majority,1.0,false
    4,t3,😀 ü,,,plain,label,Eve,4,TIME,direct,,,,,false,,majority,1.0,true
    5,t4,=1+1,,,=1+1,label,Eve,5,TIME,direct,,,,,false,,majority,1.0,false
    6,t5,<b>,,,<b>,label,Eve,6,TIME,direct,,,,,false,,majority,1.0,false
    """#

  @Test func clientsMayGoAwayInTheMiddle() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push((0..<40).map { String(repeating: "long \($0) ", count: 5000) }, to: project)
      for index in 0..<40 { #expect(try await engineer.label("t\(index)", "billing", in: project).status == 201) }
      let head = try RequestHead(
        method: .get, target: "/api/v1/projects/\(project)/export",
        headers: ["Authorization": "Bearer \(engineer.token ?? "")"])
      guard case .handle(_, _, let handler) = server.api.accept(head) else {
        Issue.record("an export is handled")
        return
      }
      for _ in 0..<3 {
        guard case .stream(let produce) = await handler(HTTPRequest(head: head)).body else { continue }
        await #expect(throws: ClientGone.self) {
          try await produce(
            ResponseWriter { _ in
              // Time for the reading thread to run ahead as far as it may.
              try await Task.sleep(for: .milliseconds(50))
              throw ClientGone()
            })
        }
      }
      // The server goes on.
      #expect(try await engineer.get("projects/\(project)/export").lines().count == 40)
    }
  }

  @Test func slowClientsCannotHoldEverything() async throws {
    try await withServer { server in
      let (engineer, project) = try await filled(server)
      let head = try RequestHead(
        method: .get, target: "/api/v1/projects/\(project)/export",
        headers: ["Authorization": "Bearer \(engineer.token ?? "")"])
      let (begun, begin) = AsyncStream<Void>.makeStream()
      var slow: [Task<Void, any Error>] = []
      for _ in 0..<4 {
        guard case .handle(_, _, let handler) = server.api.accept(head),
          case .stream(let produce) = await handler(HTTPRequest(head: head)).body
        else { continue }
        slow.append(
          Task {
            try await produce(
              ResponseWriter { _ in
                begin.yield()
                try await Task.sleep(for: .seconds(3600))
              })
          })
      }
      var waiting = begun.makeAsyncIterator()
      for _ in slow { _ = await waiting.next() }
      let refused = try await engineer.get("projects/\(project)/export")
      #expect(refused.status == 429 && refused.headers["Retry-After"] == "10")
      #expect(try await engineer.get("projects/\(project)/items").status == 200)
      for task in slow {
        task.cancel()
        _ = try? await task.value
      }
      #expect(try await engineer.get("projects/\(project)/export").status == 200)
    }
  }
}
