import Domain
import HTTPCore
import Testing

@Suite struct LabellingTests {
  @Test func questionsAreLeasedAndAnswered() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two", "three"], to: project)
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let answer = try await ann.post("projects/\(project)/next", #"{"prefetch": 2}"#)
      #expect(answer.status == 200 && answer.json["items"]?.list?.count == 2)
      #expect(answer.json["progress"]?["total"]?.int == 3)
      let lease = try #require(answer.json["items"]?[0]?["lease"]?.text)
      let item = try #require(answer.json["items"]?[0]?["item"]?["id"]?.text)
      // A page that was closed finds its items again; one that has them gets no others.
      let again = try await ann.post("projects/\(project)/next", #"{"prefetch": 2}"#)
      #expect(
        again.json["items"]?.list?.map { $0["lease"]?.text } == answer.json["items"]?.list?.map { $0["lease"]?.text })
      let held = again.json["items"]?.list?.compactMap { $0["lease"]?.text } ?? []
      let none = try await ann.post(
        "projects/\(project)/next", #"{"prefetch": 2, "held": ["\#(held[0])", "\#(held[1])"]}"#)
      #expect(none.json["items"]?.list?.isEmpty == true)

      let said = try await ann.post(
        "projects/\(project)/annotations",
        #"{"item": "\#(item)", "labels": ["billing"], "lease": "\#(lease)", "duration_ms": 1200, "note": "sure"}"#)
      #expect(said.status == 201)
      #expect(said.json["labels"]?[0]?.text == "billing" && said.json["repeated"]?.bool == false)
      #expect(said.json["progress"]?["labelled"]?.int == 1)
      let repeated = try await ann.post(
        "projects/\(project)/annotations", #"{"item": "\#(item)", "labels": ["billing"], "lease": "\#(lease)"}"#)
      #expect(repeated.status == 200 && repeated.json["repeated"]?.bool == true)
      #expect(repeated.json["id"] == said.json["id"])
      let detail = try await engineer.get("projects/\(project)/items/\(item)")
      #expect(detail.json["annotations"]?[0]?["annotator"]?.text == "Ann")
      #expect(detail.json["annotations"]?[0]?["note"]?.text == "sure")
      #expect(detail.json["annotations"]?[0]?["duration_ms"]?.int == 1200)
    }
  }

  @Test func leasesBelongToTheirOwners() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two"], to: project)
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let bob = try await server.client(.annotator, "Bob", in: [project])
      let (mine, theirs) = (try await ann.next(in: project), try await bob.next(in: project))
      #expect(mine.item != theirs.item)
      let taken = try await bob.post(
        "projects/\(project)/annotations",
        #"{"item": "\#(mine.item)", "labels": ["outage"], "lease": "\#(mine.lease)"}"#)
      #expect(taken.status == 403)
      #expect(try await bob.post("leases/\(mine.lease)/renew").status == 404)
      #expect(try await bob.delete("leases/\(mine.lease)").status == 404)
      #expect(try await ann.post("leases/999/renew").status == 404)
      let renewed = try await ann.post("leases/\(mine.lease)/renew")
      #expect(renewed.status == 200 && renewed.json["lease"]?.text == mine.lease)
      let wrong = try await ann.post(
        "projects/\(project)/annotations",
        #"{"item": "\#(theirs.item)", "labels": ["outage"], "lease": "\#(mine.lease)"}"#)
      #expect(wrong.pointers == ["/lease"])
      #expect(try await ann.delete("leases/\(mine.lease)").status == 204)
      #expect(try await ann.delete("leases/\(mine.lease)").status == 204)
      #expect(try await ann.post("leases/\(mine.lease)/renew").status == 409)
      // A label that comes after its lease is kept all the same.
      let late = try await ann.post(
        "projects/\(project)/annotations",
        #"{"item": "\#(mine.item)", "labels": ["outage"], "lease": "\#(mine.lease)"}"#)
      #expect(late.status == 201 && late.json["lease_ended"]?.bool == true)
    }
  }

  @Test func annotationsAreUndoneAndChanged() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two"], to: project)
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let bob = try await server.client(.annotator, "Bob", in: [project])
      let admin = try await server.client(.admin, "Ada")
      let said = try await ann.label("t0", "billing", in: project)
      let id = try #require(said.json["id"]?.text)
      #expect(try await bob.delete("annotations/\(id)").status == 404)
      #expect(try await engineer.delete("annotations/\(id)").status == 403)
      #expect(try await bob.patch("annotations/\(id)", #"{"labels": ["outage"]}"#).status == 404)
      #expect(try await ann.patch("annotations/\(id)", #"{}"#).status == 422)
      #expect(try await ann.patch("annotations/\(id)", #"{"label": "outage"}"#).pointers == ["/label"])
      #expect(try await ann.patch("annotations/\(id)", #"{"labels": ["nope"]}"#).pointers == ["/labels/0"])
      #expect(try await ann.patch("annotations/\(id)", #"{"outcome": "maybe"}"#).pointers == ["/outcome"])
      let changed = try await ann.patch("annotations/\(id)", #"{"labels": ["outage"]}"#)
      #expect(changed.status == 200 && changed.json["replaces"]?.text == id)
      let newer = try #require(changed.json["id"]?.text)
      #expect(try await ann.patch("annotations/\(id)", #"{"labels": ["outage"]}"#).status == 409)
      let undone = try await ann.delete("annotations/\(newer)")
      #expect(undone.status == 200 && undone.json["undone"]?.bool == true)
      #expect(undone.json["item"]?["text"]?.text == "one")
      #expect(undone.json["lease"]?.text != nil)
      #expect(try await ann.delete("annotations/\(newer)").status == 409)
      let item = try #require(undone.json["item"]?["id"]?.text)
      let history = try await engineer.get("projects/\(project)/items/\(item)").json
      #expect(history["annotations"]?.list?.map { $0["labels"]?[0]?.text } == ["billing", "outage"])
      #expect(history["annotations"]?[0]?["replaced_by"]?.text == newer)
      #expect(history["state"]?.text == "unlabelled")
      // An administrator may take back anybody's, and gets no lease for it.
      let other = try #require(try await bob.label("t1", "billing", in: project).json["id"]?.text)
      let taken = try await admin.delete("annotations/\(other)")
      #expect(taken.status == 200 && taken.json["lease"] == .null)
    }
  }

  @Test func manyAnnotationsComeAtOnce() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(["one", "two", "three", "four"], to: project)
      let answer = try await engineer.post(
        "projects/\(project)/annotations",
        #"""
        {"annotations": [{"key": "t0", "labels": ["billing"]}, {"key": "t1", "labels": ["nope"]}, {"key": "t1", "outcome": "skip"},
          {"key": "t2", "outcome": "flag", "labels": ["billing"]}, 7, {"key": "t2", "outcome": "flag", "note": "torn"},
          {"labels": ["billing"]}, {"key": "t3", "labels": "billing"}, {"key": "t3", "item": "1", "labels": ["billing"]}]}
        """#)
      #expect(answer.status == 200)
      #expect(answer.json["received"]?.int == 9 && answer.json["created"]?.int == 3)
      #expect(answer.json["annotations"]?.list?.map { $0["outcome"]?.text } == ["label", "skip", "flag"])
      let rejected = answer.json["rejected"]?.list?.map { "\($0["row"]?.int ?? -1) \($0["pointer"]?.text ?? "?")" }
      #expect(rejected == ["1 /labels/0", "3 /labels", "4 ", "6 /item", "7 /labels", "8 /key"])
      let counts = try await engineer.get("projects/\(project)").json["counts"]
      #expect(counts?["labelled"]?.int == 1 && counts?["skipped"]?.int == 1 && counts?["excluded"]?.int == 1)
      let many = String(repeating: #"{"key":"t0","labels":["billing"]},"#, count: 10_001).dropLast()
      #expect(
        try await engineer.post("projects/\(project)/annotations", #"{"annotations": [\#(many)]}"#).pointers
          == ["/annotations"])
    }
  }

  @Test func annotatorsReadTheirOwnAnnotations() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(settings: #"{"overlap": 2, "evaluation_fraction": 0}"#)
      try await engineer.push((0..<5).map { "text \($0)" }, to: project)
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let bob = try await server.client(.annotator, "Bob", in: [project])
      for index in 0..<5 { #expect(try await ann.label("t\(index)", "billing", in: project).status == 201) }
      let his = try await bob.label("t0", "outage", in: project)
      #expect(his.status == 201)
      let target = "projects/\(project)/annotations"
      #expect(try await bob.get(target).json["items"]?.list?.map { $0["annotator"]?.text } == ["Bob"])
      let first = try await ann.get(target + "?annotator=me&limit=3").json
      #expect(first["items"]?.list?.map { $0["key"]?.text } == ["t4", "t3", "t2"])
      #expect(first["items"]?[0]?["text_preview"]?.text == "text 4")
      let cursor = try #require(first["next_cursor"]?.text)
      let second = try await ann.get(target + "?annotator=me&limit=3&cursor=\(cursor)").json
      #expect(second["items"]?.list?.map { $0["key"]?.text } == ["t1", "t0"])
      #expect(second["next_cursor"] == .null)
      #expect(try await engineer.get(target).json["items"]?.list?.count == 6)
      // Others' are for engineers to see.
      for wanted in ["1", "2", "3", "nobody"] {
        let answer = try await bob.get(target + "?annotator=\(wanted)")
        let names = answer.json["items"]?.list?.map { $0["annotator"]?.text } ?? []
        #expect(answer.status == 422 || names == ["Bob"], "\(wanted)")
      }
    }
  }

  @Test func emptyPoolsSayWhy() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      for path in ["next", "queries"] {
        let answer = try await engineer.post("projects/\(project)/\(path)", "{}")
        #expect(answer.status == 200 && answer.json["items"]?.list?.isEmpty == true, "\(path)")
        #expect(answer.json["reason"]?.text?.isEmpty == false)
        #expect(answer.json["strategy_used"]?.text != nil)
      }
      #expect(try await engineer.post("projects/\(project)/rounds").status == 409)
    }
  }

  @Test func queriesLeaseTheirItems() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push((0..<12).map { "text \($0)" }, to: project)
      let answer = try await engineer.post(
        "projects/\(project)/queries", #"{"batch_size": 5, "strategy": "entropy", "lease_seconds": 60}"#)
      #expect(answer.status == 200)
      let items = answer.json["items"]?.list ?? []
      #expect(items.count == 5 && Set(items.compactMap { $0["item"]?["id"]?.text }).count == 5)
      // There is no model yet, and the answer says what was done instead.
      #expect(answer.json["strategy_used"]?.text != "entropy")
      #expect(answer.json["reason"]?.text?.isEmpty == false)
      #expect(try await engineer.get("projects/\(project)").json["counts"]?["leased"]?.int == 5)
      let rest = try await engineer.post("projects/\(project)/queries", #"{"batch_size": 20, "strategy": "random"}"#)
      #expect(rest.json["items"]?.list?.count == 7)
      #expect(rest.json["reason"]?.text?.isEmpty == false)
    }
  }

  @Test func itemsThatSayTheSameAreAskedOnceBeforeThereAreFeatures() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push(
        (0..<30).map { $0 < 20 ? ["Refund me!", "refund  ME"][$0 % 2] : "server \($0) is down" }, to: project)
      let answer = try await engineer.post("projects/\(project)/queries", #"{"batch_size": 29, "strategy": "random"}"#)
      let keys = (answer.json["items"]?.list ?? []).compactMap { $0["item"]?["key"]?.text }
      #expect(keys.count == 11, "\(answer.text.prefix(300))")
      #expect(answer.json["excluded"]?["duplicates"]?.int == 19)
    }
  }
}
