import Domain
import HTTPCore
import Testing

@Suite struct IdempotencyTests {
  private let project = #"{"name": "P", "modality": "text", "labels": [{"name": "a"}]}"#

  @Test func theSameRequestGetsTheSameAnswer() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let first = try await engineer.post("projects", project, headers: ["Idempotency-Key": "k1"])
      let second = try await engineer.post("projects", project, headers: ["Idempotency-Key": "k1"])
      #expect(first.status == 201 && second.status == 201)
      #expect(first.bytes == second.bytes)
      #expect(
        second.headers["Location"] == first.headers["Location"] && second.headers["ETag"] == first.headers["ETag"])
      #expect(first.headers["Idempotent-Replay"] == nil && second.headers["Idempotent-Replay"] == "true")
      #expect(try await engineer.get("projects").json["items"]?.list?.count == 1)
      let other = try await engineer.post(
        "projects", project.replacing("\"P\"", with: "\"Q\""), headers: ["Idempotency-Key": "k1"])
      #expect(other.status == 422)
      // Keys are each person's own, and a wrong one is told.
      let somebody = try await server.client(.engineer, "Fay")
      #expect(try await somebody.post("projects", project, headers: ["Idempotency-Key": "k1"]).status == 409)
      #expect(try await engineer.post("projects", project, headers: ["Idempotency-Key": ""]).status == 400)
      let long = String(repeating: "k", count: 256)
      #expect(try await engineer.post("projects", project, headers: ["Idempotency-Key": long]).status == 400)
    }
  }

  @Test func errorsAreNotKept() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let target = "projects/1/members"
      #expect(try await engineer.post(target, #"{"name": "Ann"}"#, headers: ["Idempotency-Key": "k"]).status == 404)
      _ = try await engineer.project()
      #expect(try await engineer.post(target, #"{"name": "Ann"}"#, headers: ["Idempotency-Key": "k"]).status == 201)
    }
  }

  @Test func removalsAndChangesAreRepeatedToo() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let id = try await admin.project()
      try await admin.push(["one"], to: id)
      let item = try await admin.next(in: id).item
      for _ in 0..<2 {
        let answer = try await admin.send(
          .delete, "projects/\(id)/items/\(item)", nil, headers: ["Idempotency-Key": "d"])
        #expect(answer.status == 204 && answer.bytes.isEmpty)
      }
      let tag = try #require(try await admin.get("projects/\(id)").headers["ETag"])
      for _ in 0..<2 {
        let answer = try await admin.patch(
          "projects/\(id)", #"{"guidelines": "x"}"#, headers: ["Idempotency-Key": "p", "If-Match": tag])
        #expect(answer.status == 200)
      }
    }
  }

  @Test func annotationsCarryTheirKeys() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let id = try await engineer.project()
      try await engineer.push(["one", "two"], to: id)
      let target = "projects/\(id)/annotations"
      let body = #"{"key": "t0", "labels": ["billing"]}"#
      let first = try await engineer.post(target, body, headers: ["Idempotency-Key": "a"])
      let undone = try await engineer.delete("annotations/\(first.json["id"]?.text ?? "")")
      #expect(first.status == 201 && undone.status == 200)
      // Sent again after an undo, by a page that missed the answer, it does not come back.
      let again = try await engineer.post(target, body, headers: ["Idempotency-Key": "a"])
      #expect(again.status == 200 && again.json["id"] == first.json["id"] && again.json["repeated"]?.bool == true)
      #expect(try await engineer.get("projects/\(id)").json["counts"]?["labelled"]?.int == 0)
      let other = #"{"key": "t0", "labels": ["outage"]}"#
      #expect(try await engineer.post(target, other, headers: ["Idempotency-Key": "a"]).status == 422)

      let batch = #"{"annotations": [{"key": "t0", "labels": ["billing"]}, {"key": "t9", "labels": ["billing"]}]}"#
      let many = try await engineer.post(target, batch, headers: ["Idempotency-Key": "b"])
      let same = try await engineer.post(target, batch, headers: ["Idempotency-Key": "b"])
      #expect(many.status == 200 && many.bytes == same.bytes)
      let changed = batch.replacing("t9", with: "t1")
      #expect(try await engineer.post(target, changed, headers: ["Idempotency-Key": "b"]).status == 422)
    }
  }

  @Test func documentsOfItemsAndStreamsAreRepeated() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let id = try await engineer.project()
      for path in ["items", "stream"] {
        let body = #"{"items": [{"key": "\#(path)", "text": "one"}]}"#
        let first = try await engineer.post("projects/\(id)/\(path)", body, headers: ["Idempotency-Key": path])
        let second = try await engineer.post("projects/\(id)/\(path)", body, headers: ["Idempotency-Key": path])
        #expect(first.status == 200 && first.bytes == second.bytes, "\(path)")
        #expect(second.headers["Idempotent-Replay"] == "true")
      }
    }
  }

  @Test func sessionsAreNeverKept() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let body = #"{"token": "\#(engineer.token ?? "")"}"#
      let first = try await engineer.post("sessions", body, headers: ["Idempotency-Key": "s"])
      let second = try await engineer.post("sessions", body, headers: ["Idempotency-Key": "s"])
      #expect(first.status == 201 && second.status == 201)
      #expect(first.headers["Set-Cookie"] != second.headers["Set-Cookie"])
    }
  }
}
