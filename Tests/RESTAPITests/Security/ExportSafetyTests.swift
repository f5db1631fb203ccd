import Domain
import HTTPCore
import Testing

@testable import RESTAPI

/// Exports that do no harm: to the spreadsheet that opens them, and to the database that they are read from.
@Suite struct ExportSafetyTests {
  private static let formulas = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠x", "=HYPERLINK(\"http://x\")",
  ]
  private static let harmless = ["plain", "-5", "+1.5e3", "a=b", "", " =1"]

  @Test func formulasAreDisarmedWhereThatIsAsked() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let texts = Self.formulas + Self.harmless.filter { !$0.isEmpty }
      try await engineer.push(texts, to: project)
      for index in texts.indices {
        #expect(try await engineer.label("t\(index)", "billing", in: project).status == 201)
      }
      let path = "projects/\(project)/export?format=csv"
      var copies = 0
      func column(_ answer: Answer) async throws -> [String] {
        copies += 1
        let copy = try await engineer.project("Copy \(copies)")
        _ = try await engineer.send(.post, "projects/\(copy)/items", chunks: [answer.bytes], type: "text/csv")
        return try await engineer.get("projects/\(copy)/items").json["items"]?.list?.compactMap { $0["text"]?.text }
          ?? []
      }
      // By default a program gets back what was put in.
      #expect(try await column(try await engineer.get(path)) == texts)
      #expect(try await column(try await engineer.get(path + "&safe_cells=false")) == texts)
      let safe = try await column(try await engineer.get(path + "&safe_cells=true"))
      #expect(safe == Self.formulas.map { "'" + $0 } + texts.dropFirst(Self.formulas.count))
      #expect(try await engineer.get(path + "&safe_cells=yes").pointers == ["/safe_cells"])
    }
  }

  @Test func anExportDoesNotHoldTheDatabaseForEver() async throws {
    try await withServer(limits: APILimits(exportTime: .milliseconds(50))) { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push((0..<40).map { String(repeating: "long \($0) ", count: 5000) }, to: project)
      for index in 0..<40 { #expect(try await engineer.label("t\(index)", "billing", in: project).status == 201) }
      let head = try RequestHead(
        method: .get, target: "/api/v1/projects/\(project)/export",
        headers: ["Authorization": "Bearer \(engineer.token ?? "")"])
      guard case .handle(_, _, let handler) = server.api.accept(head),
        case .stream(let produce) = await handler(HTTPRequest(head: head)).body
      else {
        Issue.record("an export is a stream")
        return
      }
      // A client that reads, but never fast enough: the stream breaks off rather than pass for whole.
      await #expect(throws: CancellationError.self) {
        try await produce(ResponseWriter { _ in try await Task.sleep(for: .milliseconds(20)) })
      }
      #expect(server.logs.lines.contains { $0.contains("read too slowly") && $0.contains(head.id) })
    }
  }
}
