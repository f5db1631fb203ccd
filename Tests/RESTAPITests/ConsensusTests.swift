import Domain
import HTTPCore
import RESTAPI
import Testing

@Suite struct ConsensusTests {
  /// Three people on four tickets: all agree on t0, two against one on t1 and t2, one alone on t3.
  private func disputed(_ server: TestServer) async throws -> (Client, ProjectID, [Client]) {
    let engineer = try await server.client(.engineer, "Eve")
    let project = try await engineer.project(settings: #"{"overlap": 3, "evaluation_fraction": 0}"#)
    try await engineer.push(["one", "two", "three", "four"], to: project)
    var people: [Client] = []
    for name in ["Ann", "Bob", "Cid"] { people.append(try await server.client(.annotator, name, in: [project])) }
    let said = [
      ["billing", "billing", "billing"], ["billing", "outage", "outage"], ["outage", "outage", "billing"], ["outage"],
    ]
    for (item, labels) in said.enumerated() {
      for (person, label) in zip(people, labels) {
        let answer = try await person.post(
          "projects/\(project)/annotations", #"{"key": "t\#(item)", "labels": ["\#(label)"], "duration_ms": 1500}"#)
        #expect(answer.status == 201)
      }
    }
    return (engineer, project, people)
  }

  @Test func agreementIsShownWithEachAnnotator() async throws {
    try await withServer { server in
      let (engineer, project, _) = try await disputed(server)
      let answer = try await engineer.get("projects/\(project)/agreement")
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json["items"]?.int == 4 && answer.json["items_with_several"]?.int == 3)
      #expect(answer.json["disputed"]?.int == 2 && answer.json["opinions"]?.int == 10)
      #expect(answer.json["fleiss_kappa"]?["items"]?.int == 3 && answer.json["fleiss_kappa"]?["raters"]?.int == 3)
      #expect(answer.json["krippendorff_alpha"]?.double != nil)
      #expect(answer.json["cohen_kappa"]?.list?.count == 3 && answer.json["method"]?.text == "majority")
      let annotators = try #require(answer.json["annotators"]?.list)
      #expect(annotators.map { $0["name"]?.text } == ["Ann", "Bob", "Cid"])
      #expect(annotators.map { $0["labels"]?.int } == [4, 3, 3])
      #expect(annotators.allSatisfy { $0["median_ms"]?.double == 1500 })
      #expect(annotators[1]["agreement_with_consensus"]?.double == 1)
    }
  }

  @Test func disagreementsArePaged() async throws {
    try await withServer { server in
      let (engineer, project, _) = try await disputed(server)
      let base = "projects/\(project)/disagreements"
      let first = try await engineer.get(base + "?limit=1&order=item")
      #expect(first.json["items"]?[0]?["item"]?["key"]?.text == "t1")
      let opinions = try #require(first.json["items"]?[0]?["opinions"]?.list)
      #expect(opinions.map { $0["labels"]?[0]?.text } == ["billing", "outage", "outage"])
      #expect(first.json["items"]?[0]?["consensus"]?[0]?.text == "outage")
      #expect(abs((first.json["items"]?[0]?["probability"]?.double ?? 0) - 2.0 / 3) < 1e-9)
      let cursor = try #require(first.json["next_cursor"]?.text)
      let second = try await engineer.get(base + "?limit=1&order=item&cursor=\(cursor)")
      #expect(second.json["items"]?[0]?["item"]?["key"]?.text == "t2" && second.json["next_cursor"] == .null)
      for (query, pointer) in [
        ("order=best", "/order"), ("limit=0", "/limit"), ("cursor=x", "/cursor"), ("adjudicated=2", "/adjudicated"),
      ] { #expect(try await engineer.get(base + "?" + query).pointers == [pointer]) }
    }
  }

  @Test func anItemIsSettledAndGivenBack() async throws {
    try await withServer { server in
      let (engineer, project, _) = try await disputed(server)
      let path = "projects/\(project)/adjudications"
      let made = try await engineer.post(path, #"{"key": "t1", "labels": ["billing"], "note": "I know."}"#)
      #expect(made.status == 201 && made.json["labels"]?[0]?.text == "billing", "\(made.text)")
      #expect(made.json["adjudicator"]?.text == "Eve" && made.json["note"]?.text == "I know.")
      let left = try await engineer.get("projects/\(project)/disagreements")
      #expect(left.json["items"]?.list?.map { $0["item"]?["key"]?.text } == ["t2"])
      let shown = try await engineer.get("projects/\(project)/disagreements?adjudicated=true&order=item")
      #expect(shown.json["items"]?.list?.map { $0["adjudicated"]?.bool } == [true, false])
      let lines = try await engineer.get("projects/\(project)/export").lines()
      #expect(lines[1]["label"]?.text == "billing" && lines[1]["consensus"]?["adjudicated"]?.bool == true)
      #expect(lines[2]["consensus"]?["method"]?.text == "majority" && lines[2]["consensus"]?["opinions"]?.int == 3)
      let item = try #require(made.json["item"]?.text)
      #expect(try await engineer.post(path, #"{"item": "\#(item)", "withdraw": true}"#).json["labels"] == .null)
      #expect(try await engineer.post(path, #"{"item": "\#(item)", "withdraw": true}"#).status == 409)
      let list = try await engineer.get(path + "?limit=1")
      #expect(list.json["items"]?[0]?["withdrawn"]?.bool == true)
      let rest = try await engineer.get(path + "?cursor=\(list.json["next_cursor"]?.text ?? "")")
      #expect(rest.json["items"]?.list?.map { $0["id"]?.text } == [made.json["id"]?.text])
    }
  }

  @Test func badAdjudicationsAreRefusedWithTheirPointer() async throws {
    try await withServer { server in
      let (engineer, project, _) = try await disputed(server)
      for (body, pointers) in [
        (#"{"labels": ["billing"]}"#, ["/item"]), (#"{"key": "t1"}"#, ["/labels"]),
        (#"{"key": "t1", "item": "1", "labels": ["billing"]}"#, ["/key"]),
        (#"{"key": "t1", "labels": ["billing"], "withdraw": true}"#, ["/labels"]),
        (#"{"key": "t1", "labels": ["nope"]}"#, ["/labels/0"]), (#"{"key": "t1", "labels": []}"#, ["/labels"]),
        (#"{"key": "t9", "labels": ["billing"]}"#, ["/key"]), (#"{"item": "x", "labels": ["billing"]}"#, ["/item"]),
        (#"{"key": "t1", "label": "billing"}"#, ["/label"]),
      ] {
        let answer = try await engineer.post("projects/\(project)/adjudications", body)
        #expect(answer.status == 422 && answer.pointers == pointers, "\(body): \(answer.text)")
      }
      #expect(try await engineer.get("projects/\(project)/adjudications").json["items"]?.list?.isEmpty == true)
    }
  }

  @Test func annotatorsSeeNothingOfIt() async throws {
    try await withServer { server in
      let (engineer, project, people) = try await disputed(server)
      for path in ["agreement", "disagreements", "label-errors", "adjudications"] {
        #expect(try await people[0].get("projects/\(project)/\(path)").status == 403)
        #expect(try await server.stranger.get("projects/\(project)/\(path)").status == 401)
        #expect(try await engineer.get("projects/999/\(path)").status == 404)
      }
      let answer = try await people[0].post(
        "projects/\(project)/adjudications", #"{"key": "t1", "labels": ["billing"]}"#)
      #expect(answer.status == 403)
    }
  }

  @Test func labelErrorsSayWhyThereAreNone() async throws {
    try await withServer { server in
      let (engineer, project, _) = try await disputed(server)
      let answer = try await engineer.get("projects/\(project)/label-errors")
      #expect(answer.status == 200 && answer.json["items"]?.list?.isEmpty == true)
      #expect(answer.json["reason"]?.text?.isEmpty == false && answer.json["suspected"]?.int == 0)
      #expect(try await engineer.get("projects/\(project)/label-errors?by=magic").pointers == ["/by"])
    }
  }

  @Test func settingsAndQueriesTakeWhatIsNew() async throws {
    try await withServer { server in
      let (engineer, project, _) = try await disputed(server)
      let base = "projects/\(project)"
      let changed = try await engineer.patch(
        base,
        #"{"settings": {"consensus": {"method": "dawid_skene"}, "ask_again": {"enabled": true, "max_opinions": 7}}}"#)
      #expect(changed.json["settings"]?["consensus"]?["method"]?.text == "dawid_skene", "\(changed.text)")
      #expect(changed.json["settings"]?["ask_again"]?["max_opinions"]?.int == 7)
      #expect(changed.json["settings"]?["ask_again"]?["fraction"]?.double == 0.1)
      for (settings, pointer) in [
        (#"{"consensus": {"method": "vote"}}"#, "/settings/consensus/method"),
        (#"{"consensus": {"way": 1}}"#, "/settings/consensus/way"),
        (#"{"ask_again": {"fraction": 2}}"#, "/settings/ask_again/fraction"),
        (#"{"ask_again": {"max_opinions": 1}}"#, "/settings/ask_again/max_opinions"),
      ] {
        #expect(try await engineer.patch(base, #"{"settings": \#(settings)}"#).pointers == [pointer])
      }
      #expect(try await engineer.get(base + "/agreement").json["method"]?.text == "dawid_skene")
      // t1 and t2 are in doubt: three opinions each, of at most seven.
      let query = try await engineer.post(base + "/queries", #"{"batch_size": 2, "strategy": "ask_again"}"#)
      let asked = query.json["items"]?.list?.compactMap { $0["item"]?["key"]?.text } ?? []
      #expect(Set(asked) == ["t1", "t2"], "\(query.text)")
      #expect(query.json["items"]?[0]?["strategy"]?.text == "ask_again")
      let lease = try #require(query.json["items"]?[0]?["lease"]?.text)
      let item = try #require(query.json["items"]?[0]?["item"]?["id"]?.text)
      let said = try await engineer.post(
        base + "/annotations", #"{"item": "\#(item)", "lease": "\#(lease)", "labels": ["outage"]}"#)
      #expect(said.status == 201 && said.json["extra_opinion"]?.bool == false, "\(said.text)")
    }
  }

  @Test func exportsOfferEachWay() async throws {
    try await withServer { server in
      let (engineer, project, _) = try await disputed(server)
      for way in ["majority", "dawid-skene"] {
        let lines = try await engineer.get("projects/\(project)/export?consensus=\(way)").lines()
        #expect(lines.count == 4)
        #expect(lines[0]["consensus"]?["method"]?.text == (way == "majority" ? "majority" : "dawid_skene"))
        #expect((lines[0]["consensus"]?["probability"]?.double ?? 0) > 0.9)
        let table = try await engineer.get("projects/\(project)/export?format=csv&consensus=\(way)").text
        #expect(table.hasPrefix("id,key,") && table.contains("consensus,probability,adjudicated"))
      }
      let all = try await engineer.get("projects/\(project)/export?consensus=all").lines()
      #expect(all.count == 10 && all[0]["consensus"] == nil)
    }
  }
}
