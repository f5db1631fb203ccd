import Domain
import HTTPCore
import RESTAPI
import Testing

@Suite struct StreamTests {
  @Test func documentsAreDecidedOn() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let answer = try await engineer.post(
        "projects/\(project)/stream",
        #"{"items": [{"key": "a", "text": "one"}, {"key": "b"}, 7, {"key": "c", "text": "three"}], "budget": 1}"#)
      #expect(answer.status == 200, "\(answer.text)")
      let items = answer.json["items"]?.list ?? []
      #expect(items.count == 4)
      #expect(items.map { $0["row"]?.int } == [0, 1, 2, 3])
      #expect(items[0]["key"]?.text == "a" && ["query", "discard"].contains(items[0]["decision"]?.text))
      #expect(items[1]["pointer"]?.text == "/text" && items[2]["pointer"]?.text == "")
      #expect(answer.json["strategy_used"]?.text == "variable_uncertainty")
      // What is asked is in the pool, and goes before all else.
      let asked = items.filter { $0["decision"]?.text == "query" }
      let pool = try await engineer.get("projects/\(project)/items").json["items"]?.list ?? []
      #expect(pool.map { $0["id"]?.text } == asked.map { $0["item"]?.text })
    }
  }

  @Test(arguments: [1, 5, 4096]) func linesAreDecidedOnAsTheyArrive(size: Int) async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let text = "{\"key\":\"a\",\"text\":\"one\"}\nnonsense\n\n{\"key\":\"b\",\"text\":\"two\"}"
      let bytes = Array(text.utf8)
      let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
      let answer = try await engineer.send(
        .post, "projects/\(project)/stream?budget=0.5", chunks: chunks, type: "application/x-ndjson")
      #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/x-ndjson")
      let lines = try answer.lines()
      #expect(lines.map { $0["row"]?.int } == [0, 1, 2])
      #expect(lines.map { $0["key"]?.text } == ["a", nil, "b"])
      #expect(lines[1]["detail"]?.text?.isEmpty == false)
      for query in ["budget=x", "budget=7", "strategy=magic"] {
        let wrong = try await engineer.send(
          .post, "projects/\(project)/stream?\(query)", chunks: chunks, type: "application/x-ndjson")
        #expect(wrong.status == 422, "\(query)")
      }
    }
  }
}

@Suite struct EventTests {
  /// Reads the stream until it has seen so many events.
  private func events(
    _ client: Client, _ project: ProjectID, _ count: Int, after: String? = nil, _ act: () async throws -> Void
  ) async throws -> [(id: Int64, kind: String, data: String)] {
    var headers: HTTPHeaders = ["Authorization": "Bearer \(client.token ?? "")"]
    headers["Last-Event-ID"] = after
    let head = try RequestHead(method: .get, target: "/api/v1/projects/\(project)/events", headers: headers)
    guard case .handle(_, let deadline, let handler) = client.api.accept(head) else { return [] }
    #expect(deadline == .zero)
    let response = await handler(HTTPRequest(head: head))
    #expect(response.headers["Content-Type"] == "text/event-stream")
    #expect(response.headers["Cache-Control"] == "no-store")
    guard case .stream(let produce) = response.body else { return [] }
    let (pieces, continuation) = AsyncStream<String>.makeStream()
    let task = Task {
      try await produce(ResponseWriter { continuation.yield(String(decoding: $0, as: UTF8.self)) })
    }
    defer { task.cancel() }
    var found: [(id: Int64, kind: String, data: String)] = []
    var isFirst = true
    for await piece in pieces {
      if isFirst {
        #expect(piece == "retry: 2000\n\n")
        isFirst = false
        // The writer listens before it writes its first line.
        try await act()
        if count == 0 { break }
        continue
      }
      let lines = piece.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 5 && lines[3].isEmpty && lines[4].isEmpty, "\(piece)")
      #expect(lines[0].hasPrefix("id: ") && lines[1].hasPrefix("event: ") && lines[2].hasPrefix("data: "))
      found.append((Int64(lines[0].dropFirst(4)) ?? 0, String(lines[1].dropFirst(7)), String(lines[2].dropFirst(6))))
      if found.count == count { break }
    }
    return found
  }

  @Test func annotationsAreToldAndTakenUpAgain() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two", "three"], to: project)
      // The push itself asked for a round, which is an event too.
      let live = try await events(engineer, project, 2) {
        _ = try await engineer.label("t0", "billing", in: project)
        _ = try await engineer.label("t1", "billing", in: project)
      }
      #expect(live.map(\.kind) == ["annotation", "annotation"])
      #expect(live[0].id < live[1].id)
      #expect(live[0].data.contains("\"annotator\":\"Eve\"") && live[0].data.contains("\"labelled\":1"))
      let resumed = try await events(engineer, project, 1, after: "\(live[0].id)") {}
      #expect(resumed.map(\.id) == [live[1].id])
      let reset = try await events(engineer, project, 1, after: "1") {}
      #expect(reset.map(\.kind) == ["reset"])
      let unreadable = try await events(engineer, project, 1, after: "x") {
        _ = try await engineer.label("t2", "billing", in: project)
      }
      #expect(unreadable.map(\.kind) == ["annotation"])
    }
  }

  @Test func annotatorsAreNotToldWhoSaidWhat() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two"], to: project)
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let seen = try await events(ann, project, 2) {
        _ = try await engineer.label("t0", "billing", in: project)
        _ = try await ann.label("t1", "billing", in: project)
      }
      #expect(!seen[0].data.contains("Eve") && !seen[0].data.contains("annotator"))
      #expect(seen[1].data.contains("\"annotator\":\"Ann\""))
    }
  }
}
