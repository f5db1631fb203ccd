import Domain
import HTTPCore
import RESTAPI
import Testing

@Suite struct MetricsTests {
  /// The value of a sample, by its whole name with labels.
  private func value(_ name: String, in text: String) -> Double? {
    for line in text.split(separator: "\n") where line.hasPrefix(name + " ") {
      return Double(line.dropFirst(name.count + 1))
    }
    return nil
  }

  @Test func whatIsDoneIsCounted() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two", "three"], to: project)
      let annotator = try await server.client(.annotator, "Ann", in: [project])
      let held = try await annotator.next(in: project)
      #expect(try await annotator.label(held.key, "billing", in: project).status == 201)
      #expect(try await annotator.label("t99", "billing", in: project).status == 422)
      #expect(try await server.stranger.post("sessions", #"{"token": "wrong"}"#).status == 401)
      #expect(try await engineer.get("projects/777").status == 404)
      let text = try await engineer.get("/metrics").text
      let annotations = #"{route="/api/v1/projects/{project}/annotations",method="POST""#
      #expect(value("winnow_http_requests_total\(annotations),status=\"2xx\"}", in: text) == 1)
      #expect(value("winnow_http_requests_total\(annotations),status=\"4xx\"}", in: text) == 1)
      #expect(value("winnow_http_request_seconds_count\(annotations)}", in: text) == 2)
      #expect((value("winnow_http_request_bytes_total\(annotations)}", in: text) ?? 0) > 20)
      #expect(value("winnow_annotations_total{outcome=\"label\"}", in: text) == 1)
      #expect(value("winnow_items{project=\"\(project)\",state=\"labelled\"}", in: text) == 1)
      #expect(value("winnow_items{project=\"\(project)\",state=\"unlabelled\"}", in: text) == 2)
      #expect(value("winnow_sign_in_failures_total", in: text) == 1)
      // The request for the metrics is under way itself.
      #expect(value("winnow_http_requests_in_flight", in: text) == 1)
      #expect((value("winnow_commit_seconds_count", in: text) ?? 0) > 3)
      #expect(value("winnow_commits_failed_total", in: text) == 0)
      #expect((value("process_resident_memory_bytes", in: text) ?? 0) > 1e6)
      #expect((value("winnow_disk_free_bytes", in: text) ?? 0) > 0)
      #expect(value("winnow_ready{check=\"writer\"}", in: text) == 1)
    }
  }

  @Test func pathsOfClientsMakeNoSeries() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      for n in 0..<20 {
        _ = try await engineer.get("/api/v1/secret-\(n)/x")
        _ = try await engineer.get("projects/\(n + 100)?secret=\(n)")
        _ = try await engineer.send(HTTPMethod(rawValue: "ODD\(n)"), "projects/1", nil)
      }
      let text = try await engineer.get("/metrics").text
      #expect(!text.contains("secret") && !text.contains("ODD"))
      let routes = Set(
        text.split(separator: "\n").filter { $0.hasPrefix("winnow_http_requests_total{") }.compactMap {
          $0.split(separator: "\"").dropFirst().first
        })
      #expect(routes == ["/api/v1/projects/{project}", "other"])
    }
  }

  @Test func namesAndContentStayOut() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve Ginev")
      let project = try await engineer.project("Confidential merger", labels: ["fraud", "honest"])
      try await engineer.push(["a private text"], to: project)
      let text = try await engineer.get("/metrics").text
      for secret in ["Confidential", "fraud", "private", "Ginev", engineer.token ?? ""] {
        #expect(!text.contains(secret), "\(secret)")
      }
    }
  }

  private static let visits: [(address: String, headers: HTTPHeaders, status: Int)] = [
    ("127.0.0.1", [:], 200), ("::1", ["Host": "[::1]:8080"], 200), ("127.0.0.1", ["Host": "localhost:80"], 200),
    ("10.0.0.7", [:], 401), ("127.0.0.1", ["X-Forwarded-For": "10.0.0.7"], 401),
    ("127.0.0.1", ["Forwarded": "for=10.0.0.7"], 401), ("127.0.0.1", ["Via": "1.1 proxy"], 401),
    // A page of another site whose name was made to lead here.
    ("127.0.0.1", ["Host": "rebound.example:8080"], 401), ("127.0.0.1", ["Host": "127.0.0.1.example"], 401),
  ]

  @Test func strangersAreServedFromTheMachineItselfOnly() async throws {
    try await withServer { server in
      for (address, headers, status) in Self.visits {
        let stranger = Client(api: server.api, token: nil, address: address)
        let answer = try await stranger.get("/metrics", headers: headers)
        #expect(answer.status == status, "\(address) \(headers)")
      }
    }
  }

  @Test func rolesAreHeededFromAfar() async throws {
    try await withServer { server in
      let project = try await server.client(.engineer, "Eve").project()
      for (role, status) in [(Role.annotator, 403), (.engineer, 200), (.admin, 200)] {
        var client = try await server.client(role, "\(role)", in: [project])
        client.address = "10.0.0.7"
        #expect(try await client.get("/metrics").status == status, "\(role)")
        #expect(try await client.get("/api/v1/metrics").status == status, "\(role)")
      }
    }
  }

  @Test func roundsAreCountedWithTheirPhases() async throws {
    try await withServer(training: true) { server in
      let (engineer, project) = try await RoundTests.trained(server)
      let text = try await engineer.get("/metrics").text
      #expect((value("winnow_rounds_ended_total{state=\"serving\"}", in: text) ?? 0) >= 1)
      #expect(value("winnow_rounds{state=\"serving\"}", in: text) == 1)
      #expect((value("winnow_round_phase_seconds_count{phase=\"training\"}", in: text) ?? 0) >= 1)
      #expect(value("winnow_queue_ranked{project=\"\(project)\"}", in: text) != nil)
    }
  }
}
