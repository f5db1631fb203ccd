import Domain
import HTTPCore
import Labeling
import RESTAPI
import Testing

@Suite struct ReadinessTests {
  @Test func aReadyServerNamesItsChecks() async throws {
    try await withServer(training: true) { server in
      let answer = try await server.stranger.get("/readyz")
      #expect(answer.status == 200)
      #expect(answer.json["status"]?.text == "ready")
      let names = answer.json["checks"]?.list?.compactMap { $0["name"]?.text }
      #expect(names == ["database", "migrations", "writer", "disk", "trainer", "accepting"])
      #expect(answer.json["checks"]?.list?.allSatisfy { $0["ok"]?.bool == true } == true)
    }
  }

  /// The checks that a problem document says fail.
  private func failing(_ answer: Answer) -> [String] {
    #expect(answer.status == 503)
    #expect(answer.headers["Retry-After"] == "2")
    return answer.json["checks"]?.list?.filter { $0["ok"]?.bool == false }.compactMap { check in
      #expect(check["detail"]?.text?.isEmpty == false)
      return check["name"]?.text
    } ?? []
  }

  @Test func aStoppingServerIsNotReadyButAlive() async throws {
    try await withServer { server in
      server.api.readiness.drain()
      let answer = try await server.stranger.get("/readyz")
      #expect(failing(answer) == ["accepting"])
      #expect(try await server.stranger.get("/healthz").status == 200)
    }
  }

  @Test func whatOtherPartsFindIsToldToo() async throws {
    try await withServer { server in
      server.api.readiness.add { [HealthCheck(name: "storage", complaint: "The disk is full.")] }
      let answer = try await server.stranger.get("/readyz")
      #expect(failing(answer) == ["storage"])
      #expect(answer.json["detail"]?.text == "storage: The disk is full.")
      let engineer = try await server.client(.engineer, "Eve")
      #expect(try await engineer.get("/metrics").text.contains("winnow_ready{check=\"storage\"} 0\n"))
    }
  }

  @Test func aStoppedTrainerIsNoticed() async throws {
    try await withServer(training: true) { server in
      await server.service.stop()
      let answer = try await server.stranger.get("/readyz")
      #expect(failing(answer) == ["trainer"])
    }
  }
}
