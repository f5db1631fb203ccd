import Domain
import HTTPCore
import Testing

/// What the people of a project have done: answers, skips, flags with their notes, what was settled over them.
@Suite struct PeopleAtWorkTests {
  private static func worked(_ server: TestServer) async throws -> (Client, String, ProjectID) {
    let engineer = try await server.client(.engineer, "Eve")
    let project = try await engineer.project(settings: #"{"overlap": 2, "evaluation_fraction": 0}"#)
    try await engineer.push(["one", "two", "three", "four", "five"], to: project)
    let path = "projects/\(project)"
    let (ann, bob, cid) = (
      try await server.client(.annotator, "Ann", in: [project]),
      try await server.client(.annotator, "Bob", in: [project]),
      try await server.client(.annotator, "Cid", in: [project])
    )
    for (person, label) in [(ann, "billing"), (bob, "outage")] {
      for key in ["t0", "t1"] { #expect(try await person.label(key, label, in: project).status == 201) }
    }
    #expect(try await ann.label("t2", "billing", in: project).status == 201)
    for body in [
      #"{"key": "t2", "outcome": "skip"}"#, #"{"key": "t3", "outcome": "flag", "note": "<img> is this?"}"#,
    ] { #expect(try await cid.post("\(path)/annotations", body).status == 201) }
    #expect(try await engineer.label("t2", "billing", in: project).status == 201)
    return (engineer, path, project)
  }

  @Test func membersAreListedWithTheirWork() async throws {
    try await withServer { server in
      let (engineer, path, project) = try await Self.worked(server)
      let dan = try await server.client(.annotator, "Dan", in: [project])
      _ = try await dan.next(in: project)
      let listed = try await engineer.get("\(path)/members").json["items"]?.list ?? []
      #expect(listed.map { $0["name"]?.text } == ["Ann", "Bob", "Cid", "Dan"])
      #expect(listed.map { $0["labels"]?.int } == [3, 2, 0, 0])
      #expect(listed.map { $0["skips"]?.int } == [0, 0, 1, 0] && listed.map { $0["flags"]?.int } == [0, 0, 1, 0])
      #expect(listed.map { $0["held"]?.int } == [0, 0, 0, 1])
      #expect(listed.map { $0["last_at"]?.text == nil } == [false, false, false, true])
      #expect(listed.allSatisfy { $0["member"]?.bool == true && $0["role"]?.text == "annotator" })
      // Taking somebody away gives back what they hold, and leaves what they said.
      let bob = try #require(listed[1]["id"]?.text)
      let holder = try #require(listed[3]["id"]?.text)
      for id in [bob, holder] { #expect(try await engineer.delete("\(path)/members/\(id)").status == 204) }
      let after = try await engineer.get("\(path)/members?others=true").json["items"]?.list ?? []
      #expect(after.map { $0["name"]?.text } == ["Ann", "Cid", "Bob", "Eve"])
      #expect(after.map { $0["member"]?.bool } == [true, true, false, false])
      #expect(after.map { $0["labels"]?.int } == [3, 0, 2, 1] && after.allSatisfy { $0["held"]?.int == 0 })
      #expect(try await engineer.get("\(path)/members?others=perhaps").pointers == ["/others"])
    }
  }

  @Test func aNewNameIsSaidToBeNew() async throws {
    try await withServer { server in
      let (engineer, path, _) = try await Self.worked(server)
      let known = try await engineer.post("\(path)/members", #"{"name": "Ann"}"#)
      #expect(known.status == 201 && known.json["new_account"]?.bool == false)
      let new = try await engineer.post("\(path)/members", #"{"name": "Newcomer"}"#)
      #expect(new.status == 201 && new.json["new_account"]?.bool == true)
      #expect(try await engineer.post("\(path)/members", #"{"name": "Newcomer"}"#).json["new_account"]?.bool == false)
    }
  }

  @Test func agreementTellsOfSkipsFlagsAndWhatWasSettled() async throws {
    try await withServer { server in
      let (engineer, path, _) = try await Self.worked(server)
      for key in ["t0", "t1"] {
        let label = key == "t0" ? "billing" : "outage"
        let settled = try await engineer.post("\(path)/adjudications", #"{"key": "\#(key)", "labels": ["\#(label)"]}"#)
        #expect(settled.status == 201)
      }
      let people = try await engineer.get("\(path)/agreement").json["annotators"]?.list ?? []
      #expect(people.map { $0["name"]?.text } == ["Eve", "Ann", "Bob", "Cid"])
      #expect(people.map { $0["skips"]?.int } == [0, 0, 0, 1] && people.map { $0["flags"]?.int } == [0, 0, 0, 1])
      #expect(people.map { $0["adjudicated"]?.int } == [0, 2, 2, 0])
      #expect(people[1]["right_by_adjudication"]?.double == 0.5 && people[2]["right_by_adjudication"]?.double == 0.5)
      #expect(people[0]["right_by_adjudication"] == .null && people[3]["reliability"] == .null)
      #expect(people.allSatisfy { $0["last_at"]?.text != nil })
    }
  }

  @Test func disagreementsSayHowManyAreLeft() async throws {
    try await withServer { server in
      let (engineer, path, _) = try await Self.worked(server)
      func left() async throws -> [Int?] {
        let page = try await engineer.get("\(path)/disagreements?limit=1").json
        return [page["open"]?.int, page["settled"]?.int, page["items"]?.list?.count]
      }
      #expect(try await left() == [2, 0, 1])
      #expect(try await engineer.post("\(path)/adjudications", #"{"key": "t0", "labels": ["billing"]}"#).status == 201)
      #expect(try await left() == [1, 1, 1])
      #expect(try await engineer.post("\(path)/adjudications", #"{"key": "t0", "withdraw": true}"#).status == 201)
      #expect(try await left() == [2, 0, 1])
    }
  }

  @Test func flaggedItemsAreFoundWithTheirNotes() async throws {
    try await withServer { server in
      let (engineer, path, _) = try await Self.worked(server)
      let flagged = try await engineer.get("\(path)/pool?flagged=true").json["items"]?.list ?? []
      #expect(flagged.map { $0["item"]?["key"]?.text } == ["t3"])
      #expect(flagged.first?["flags"]?.list?.map { $0["note"]?.text } == ["<img> is this?"])
      #expect(flagged.first?["flags"]?[0]?["annotator"]?.text == "Cid")
      let others = try await engineer.get("\(path)/pool?flagged=false").json["items"]?.list ?? []
      #expect(others.map { $0["item"]?["key"]?.text } == ["t0", "t1", "t2", "t4"])
      #expect(others.allSatisfy { $0["flags"]?.list?.isEmpty == true })
      // Settled by hand it is labelled, and found as flagged all the same.
      _ = try await engineer.post("\(path)/adjudications", #"{"key": "t3", "labels": ["billing"]}"#)
      let settled = try await engineer.get("\(path)/pool?flagged=true&state=excluded").json["items"]?.list
      #expect(settled?.isEmpty == true)
      #expect(try await engineer.get("\(path)/pool?flagged=true").json["items"]?.list?.count == 1)
      #expect(try await engineer.get("\(path)/pool?flagged=x").pointers == ["/flagged"])
    }
  }
}
