import Domain
import HTTPCore
import Testing

@Suite struct ProjectTests {
  @Test func projectsAreMadeReadChangedAndRemoved() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let made = try await admin.post(
        "projects",
        ##"{"name": "Käse & <b>", "modality": "text", "task": "single_label", "guidelines": "# Hi", "labels": [{"name": "a", "description": "d", "hotkey": "1", "color": "#3b82f6"}, {"name": "b"}], "settings": {"batch_size": 7}}"##
      )
      #expect(made.status == 201)
      let id = try #require(made.json["id"]?.text)
      #expect(made.headers["Location"] == "/api/v1/projects/\(id)")
      let read = try await admin.get("projects/\(id)")
      #expect(read.json == made.json)
      #expect(read.json["name"]?.text == "Käse & <b>")
      #expect(!read.text.contains("<"))
      #expect(read.json["settings"]?["batch_size"]?.int == 7)
      #expect(read.json["labels"]?[0]?["hotkey"]?.text == "1")
      let changed = try await admin.patch(
        "projects/\(id)",
        #"{"guidelines": "new", "settings": {"overlap": 2}, "labels": [{"name": "a"}, {"name": "c"}]}"#)
      #expect(changed.status == 200)
      #expect(changed.json["settings"]?["batch_size"]?.int == 7)
      #expect(changed.json["settings"]?["overlap"]?.int == 2)
      #expect(changed.json["labels"]?.list?.map { $0["name"]?.text } == ["a", "c"])
      #expect(try await admin.post("projects", made.text).status == 422)
      let again = try await admin.post(
        "projects", #"{"name": "Käse & <b>", "modality": "text", "labels": [{"name": "a"}]}"#)
      #expect(again.status == 409)
      #expect(try await admin.patch("projects/\(id)", #"{"modality": "image"}"#).pointers == ["/modality"])
      #expect(try await admin.delete("projects/\(id)").status == 204)
      #expect(try await admin.get("projects/\(id)").status == 404)
      #expect(try await admin.delete("projects/\(id)").status == 404)
    }
  }

  @Test func labelsInUseStay() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let project = try await admin.project()
      try await admin.push(["one"], to: project)
      #expect(try await admin.label("t0", "billing", in: project).status == 201)
      #expect(try await admin.patch("projects/\(project)", #"{"labels": [{"name": "outage"}]}"#).status == 409)
      let more = #"{"labels": [{"name": "billing"}, {"name": "outage"}, {"name": "other"}]}"#
      #expect(try await admin.patch("projects/\(project)", more).status == 200)
      #expect(try await admin.patch("projects/\(project)", #"{"labels": [{"name": "billing"}]}"#).status == 200)
    }
  }

  @Test func tagsTellWhetherAnythingChanged() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let project = try await admin.project()
      try await admin.push(["one"], to: project)
      let target = "projects/\(project)"
      let first = try #require(try await admin.get(target).headers["ETag"])
      for known in [first, "\"x\", \(first)", "W/\(first)", "*"] {
        let same = try await admin.get(target, headers: ["If-None-Match": known])
        #expect(same.status == 304 && same.bytes.isEmpty && same.headers["ETag"] == first, "\(known)")
      }
      #expect(try await admin.get(target, headers: ["If-None-Match": "\"x\""]).status == 200)
      // A label changes what is shown of the project, but is no reason to refuse a change of its settings.
      #expect(try await admin.label("t0", "billing", in: project).status == 201)
      let counted = try await admin.get(target, headers: ["If-None-Match": first])
      #expect(counted.status == 200 && counted.headers["ETag"] != first)
      let changed = try await admin.patch(target, #"{"guidelines": "1"}"#, headers: ["If-Match": first])
      #expect(changed.status == 200)
      #expect(try await admin.patch(target, #"{"guidelines": "2"}"#, headers: ["If-Match": first]).status == 412)
      #expect(try await admin.patch(target, #"{"guidelines": "2"}"#, headers: ["If-Match": "\"x\""]).status == 412)
      let current = try #require(changed.headers["ETag"])
      for known in [current, "*", "\"x\", \(current)"] {
        let answer = try await admin.patch(
          target, #"{"guidelines": "\#(known.utf8.count)"}"#, headers: ["If-Match": "*"])
        #expect(answer.status == 200, "\(known)")
      }
      let description = try await admin.get("/openapi.json")
      let tag = try #require(description.headers["ETag"])
      #expect(try await admin.get("/openapi.json", headers: ["If-None-Match": tag]).status == 304)
    }
  }

  @Test func listsComeInPages() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      for name in ["A", "B", "C", "D", "E"] { _ = try await admin.project(name) }
      var (names, cursor, pages) = ([String](), String?.none, 0)
      repeat {
        let page = try await admin.get("projects?limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""))
        #expect(page.status == 200)
        names += page.json["items"]?.list?.compactMap { $0["name"]?.text } ?? []
        cursor = page.json["next_cursor"]?.text
        #expect(page.json.keys.contains("next_cursor"))
        pages += 1
      } while cursor != nil && pages < 9
      #expect(names == ["A", "B", "C", "D", "E"] && pages == 3)
      for (query, pointer) in [
        ("limit=0", "/limit"), ("limit=1001", "/limit"), ("limit=x", "/limit"), ("limit=", "/limit"),
        ("cursor=x", "/cursor"), ("cursor=-1", "/cursor"), ("cursor=99999999999999999999", "/cursor"),
      ] {
        let answer = try await admin.get("projects?\(query)")
        #expect(answer.status == 422 && answer.pointers == [pointer], "\(query)")
      }
    }
  }

  @Test func headsHaveNoBodies() async throws {
    try await withServer { server in
      let admin = try await server.client(.admin, "Ada")
      let project = try await admin.project()
      for target in [
        "projects", "projects/\(project)", "projects/\(project)/items", "projects/\(project)/annotations",
        "projects/\(project)/rounds", "projects/\(project)/members", "projects/\(project)/export",
        "projects/\(project)/events", "strategies", "/openapi.json", "/healthz", "/", "/label.html",
      ] {
        let head = try await admin.send(.head, target, nil)
        #expect(head.status == 200, "\(target)")
        #expect(head.headers["Content-Type"] != nil)
      }
      #expect(try await admin.send(.head, "projects/99", nil).status == 404)
    }
  }

  @Test func pagesLoadNothingFromElsewhere() async throws {
    try await withServer { server in
      for target in ["/", "/label.html", "/docs", "/docs/", "/docs/docs.js", "/docs/docs.css"] {
        let answer = try await server.stranger.get(target)
        #expect(answer.status == 200, "\(target)")
        // A policy is a document's; scripts and style sheets are held by that of the page that loads them.
        let policy = answer.headers["Content-Security-Policy"]
        let isPart = target.hasSuffix(".js") || target.hasSuffix(".css")
        #expect(isPart ? policy == nil : policy?.hasPrefix("default-src 'self'") == true, "\(target)")
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        #expect(!answer.text.contains("https://") && !answer.text.contains("http://cdn"), "\(target)")
        let tag = try #require(answer.headers["ETag"])
        #expect(try await server.stranger.get(target, headers: ["If-None-Match": tag]).status == 304)
      }
      #expect(try await server.stranger.get("/docs/none.js").status == 404)
      #expect(try await server.stranger.post("/docs", "{}").status == 405)
    }
  }
}
