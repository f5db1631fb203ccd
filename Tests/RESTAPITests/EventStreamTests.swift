import Domain
import HTTPCore
import Testing

@testable import RESTAPI

@Suite struct EventStreamTests {
  @Test func streamsEndWithTheRightToSeeThem() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let head = try RequestHead(
        method: .get, target: "/api/v1/projects/\(project)/events",
        headers: ["Authorization": "Bearer \(ann.token ?? "")"])
      let caller = try server.api.authenticator.caller(of: head, access: .role(.annotator))
      let call = Call(
        head: head, parameters: PathParameters(names: ["project"], values: ["\(project)"]), caller: caller,
        api: server.api)
      let stream = EventStream(call: call, project: project, lastSeen: nil, heartbeat: .milliseconds(5))
      let (pieces, continuation) = AsyncStream<String>.makeStream()
      let task = Task {
        defer { continuation.finish() }
        try await stream.write(to: ResponseWriter { continuation.yield(String(decoding: $0, as: UTF8.self)) })
      }
      var beats = 0
      for await piece in pieces where piece == ": still here\n\n" {
        beats += 1
        if beats == 3 {
          let members = try await engineer.get("projects/\(project)/members").json["items"]
          let id = try #require(members?[0]?["id"]?.text)
          #expect(try await engineer.delete("projects/\(project)/members/\(id)").status == 204)
        }
      }
      // The stream came to its end by itself, and only after the membership did.
      try await task.value
      #expect(beats >= 3)
    }
  }
}
