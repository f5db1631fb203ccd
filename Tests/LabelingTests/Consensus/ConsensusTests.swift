import Domain
import Testing

@testable import Labeling
@testable import Storage

@Suite struct ConsensusTests {
  /// Five annotators on `items` items of label `item mod 3`: three are right, one is right at half, one always says the next.
  static func crowd(_ items: Int, settings: String = #"{"overlap": 5, "evaluation_fraction": 0}"#) async throws -> (
    TestService, ProjectID, [User]
  ) {
    let test = try TestService()
    let project = try await test.project(settings: settings)
    var people: [User] = []
    for name in ["ann", "bob", "cid", "dan", "eve"] { people.append(try await test.user(name)) }
    try await test.pushTexts(items, to: project, by: people[0])
    for item in 0..<items {
      for (number, person) in people.enumerated() {
        let shift = number < 3 ? 0 : number == 3 ? item / 3 % 2 : 1
        try await test.say(.label, "k\(item)", [["a", "b", "c"][(item + shift) % 3]], in: project, by: person)
      }
    }
    return (test, project, people)
  }

  private func training(_ test: TestService, _ project: ProjectID) throws -> TrainingData {
    let definition = try #require(test.service.overviewIfKnown(project)).project
    return try test.store.read { try TrainingData(project: definition, rows: 1000, connection: $0) }
  }

  @Test func theWayIsChosenByHowMuchIsKnown() async throws {
    let (test, project, people) = try await Self.crowd(33)
    var agreement = try await test.service.agreement(in: project)
    #expect(agreement.method == "dawid_skene" && agreement.reason == nil)
    #expect(agreement.items == 33 && agreement.several == 33 && agreement.disputed == 33 && agreement.opinions == 165)
    // Most are right on most items; the model knows of whom it may expect what.
    let data = try training(test, project)
    #expect(data.training.classes == (0..<33).map { $0 % 3 })
    let by = Dictionary(uniqueKeysWithValues: agreement.annotators.map { ($0.user, $0) })
    #expect((by[people[0].id]?.reliability ?? 0) > 0.95 && (by[people[4].id]?.reliability ?? 1) < 0.05)
    #expect(by[people[4].id]?.agreementWithConsensus == 0)
    #expect(agreement.pairs.count == 10)
    #expect(agreement.pairs.first { $0.first == people[0].id && $0.second == people[1].id }?.kappa == 1)
    #expect(agreement.fleiss?.raters == 5 && agreement.fleiss?.items == 33)
    #expect((agreement.alpha ?? 0) > 0.1 && (agreement.alpha ?? 1) < 0.9)
    // The project may decide.
    var draft = ProjectDraft()
    draft.settings = try SettingsPatch.json(#"{"consensus": {"method": "majority"}}"#)
    _ = try await test.service.changeProject(project, draft, ifVersion: nil)
    agreement = try await test.service.agreement(in: project)
    #expect(agreement.method == "majority" && agreement.annotators.allSatisfy { $0.reliability != nil })
  }

  @Test func withOneOpinionEachTheMajorityIsAll() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(3, to: project, by: ann)
    try await test.say(.label, "k0", ["b"], in: project, by: ann)
    let agreement = try await test.service.agreement(in: project)
    #expect(agreement.method == "majority" && agreement.reason != nil)
    #expect(agreement.alpha == nil && agreement.fleiss == nil && agreement.pairs.isEmpty && agreement.several == 0)
    #expect(agreement.annotators.first?.agreementWithOthers == nil)
    let empty = try await test.service.agreement(in: try await test.project("empty"))
    #expect(empty.items == 0 && empty.annotators.isEmpty && empty.alpha == nil)
  }

  @Test func tiesGoToThoseWhoAgreeMoreWithOthers() async throws {
    let test = try TestService()
    let project = try await test.project(
      settings: #"{"overlap": 2, "evaluation_fraction": 0, "consensus": {"method": "majority"}}"#)
    let people = [try await test.user("ann"), try await test.user("bob"), try await test.user("cid")]
    try await test.pushTexts(5, to: project, by: people[0])
    // Ann disagrees with everybody, Bob and Cid agree.
    for (key, person, label) in [
      ("k0", 0, "a"), ("k0", 1, "b"), ("k1", 1, "c"), ("k1", 2, "c"), ("k2", 0, "a"), ("k2", 2, "c"),
    ] { try await test.say(.label, key, [label], in: project, by: people[person]) }
    #expect(try training(test, project).training.classes == [1, 2, 2])
  }

  @Test func mediansAreOfTheLabelsThatStand() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(4, to: project, by: ann)
    for (number, milliseconds) in [900, 100, 300, 200].enumerated() {
      let receipt = try await test.service.annotate(
        Submission(target: .key("k\(number)"), outcome: .label, labels: ["a"], durationMilliseconds: milliseconds),
        in: project, by: ann)
      if number == 0 { _ = try await test.service.undo(receipt.annotation, by: test.principal(ann)) }
    }
    #expect(try await test.service.agreement(in: project).annotators.first?.medianMilliseconds == 200)
    #expect(LabelingService.median([1, 2]) == 1.5 && LabelingService.median([]) == nil)
  }

  @Test func disagreementsComeLeastSureFirstAndPageByPage() async throws {
    let (test, project, _) = try await Self.crowd(12)
    let all = try await test.service.disagreements(
      in: project, order: .quality, adjudicated: false, after: nil, limit: 100)
    #expect(all.items.count == 12 && all.method == "majority" && all.reason != nil)
    #expect(all.items.map(\.probability) == all.items.map(\.probability).sorted())
    #expect(all.items.allSatisfy { $0.opinions.count == 5 && $0.consensus.count == 1 })
    var pages: [ItemID] = []
    var cursor: Int64?
    repeat {
      let page = try await test.service.disagreements(
        in: project, order: .quality, adjudicated: false, after: cursor, limit: 5)
      pages += page.items.map(\.item.id)
      cursor = page.items.last?.cursor
    } while cursor != nil
    #expect(pages == all.items.map(\.item.id))
    let arrival = try await test.service.disagreements(
      in: project, order: .item, adjudicated: false, after: nil, limit: 3)
    #expect(arrival.items.map(\.item.key) == ["k0", "k1", "k2"])
  }

  @Test func whatIsSettledByHandWins() async throws {
    let (test, project, people) = try await Self.crowd(4)
    let key = Submission.Target.key("k1")
    let settled = try await test.service.adjudicate(key, labels: ["a"], note: "looked", in: project, by: people[0])
    #expect(settled.item.state == .labelled && settled.adjudication.note == "looked")
    #expect(try training(test, project).training.classes == [0, 0, 2, 0])
    // The newer one counts; nothing is lost.
    _ = try await test.service.adjudicate(key, labels: ["c"], note: nil, in: project, by: people[1])
    #expect(try training(test, project).training.classes == [0, 2, 2, 0])
    var shown = try await test.service.disagreements(
      in: project, order: .item, adjudicated: false, after: nil, limit: 9)
    #expect(shown.items.map(\.item.key) == ["k0", "k2", "k3"])
    shown = try await test.service.disagreements(in: project, order: .item, adjudicated: true, after: nil, limit: 9)
    #expect(shown.items[1].isAdjudicated && shown.items[1].consensus == ["c"] && shown.items[1].probability == 1)
    // Given back, the annotators' word holds again.
    _ = try await test.service.adjudicate(key, labels: nil, note: nil, in: project, by: people[0])
    #expect(try training(test, project).training.classes == [0, 1, 2, 0])
    await #expect(throws: LabelingError.self) {
      try await test.service.adjudicate(key, labels: nil, note: nil, in: project, by: people[0])
    }
    let history = try test.service.adjudications(in: project, before: nil, limit: 9)
    #expect(history.map(\.adjudication.isWithdrawn) == [true, false, false] && history.allSatisfy { $0.key == "k1" })
    for (target, labels) in [(Submission.Target.key("none"), ["a"]), (key, ["x"]), (key, ["a", "b"]), (key, [])] {
      await #expect(throws: LabelingError.self) {
        try await test.service.adjudicate(target, labels: labels, note: nil, in: project, by: people[0])
      }
    }
  }

  @Test func settledItemsWantNoMoreOpinions() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"overlap": 2, "evaluation_fraction": 0}"#)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(3, to: project, by: ann)
    let held = try #require(try await test.next(project, ann).first)
    _ = try await test.service.adjudicate(.item(held.item.id), labels: ["b"], note: nil, in: project, by: bob)
    let flagged = held.item.key == "k2" ? "k1" : "k2"
    try await test.say(.flag, flagged, in: project, by: ann)
    _ = try await test.service.adjudicate(.key(flagged), labels: ["c"], note: nil, in: project, by: bob)
    for _ in 0..<2 {
      try await test.board(project) { board, connection in
        try checkInvariants(board, connection, overlap: 2, "adjudicating")
        #expect(board.leases.isEmpty && board.counts.labelled == 2)
      }
      try await test.restart()
    }
    #expect(try training(test, project).training.classes.contains(2))
    let left = try await test.next(project, bob, 9).map(\.item.key)
    #expect(!left.contains(held.item.key) && !left.contains(flagged))
    // Given back, it is open again, and a label that is in use by an adjudication alone cannot go.
    _ = try await test.service.adjudicate(.item(held.item.id), labels: nil, note: nil, in: project, by: bob)
    #expect(try await test.next(project, try await test.user("cid"), 9).map(\.item.key).contains(held.item.key))
    var draft = ProjectDraft()
    draft.labels = [LabelDraft(name: "a"), LabelDraft(name: "b")]
    await #expect(throws: LabelingError.self) {
      try await test.service.changeProject(project, draft, ifVersion: nil)
    }
    // Removing item and project takes their adjudications along.
    try await test.service.deleteProject(project)
    #expect(try test.store.read { try $0.integrityComplaints() } == [])
  }

  @Test func exportsSayHowAnAnswerWasFound() async throws {
    let (test, project, people) = try await Self.crowd(33)
    try await test.pushTexts(1, to: project, by: people[0], from: 50)
    _ = try await test.service.adjudicate(.key("k50"), labels: ["c"], note: nil, in: project, by: people[0])
    _ = try await test.service.adjudicate(.key("k3"), labels: ["b"], note: nil, in: project, by: people[0])
    for method in [ConsensusSettings.Method.majority, .dawidSkene] {
      var found: [String: ExportedValue] = [:]
      try test.service.exported(project, method: method) { found[$0.item.key] = $0 }
      #expect(found.count == 34 && found.values.allSatisfy { $0.method == method.rawValue })
      #expect(found["k50"]?.consensus == ["c"] && found["k50"]?.annotations.isEmpty == true)
      #expect(found["k3"]?.consensus == ["b"] && found["k3"]?.isAdjudicated == true && found["k3"]?.probability == 1)
      let sure = try #require(found["k4"]?.probability)
      #expect(method == .majority ? sure < 0.81 : sure > 0.99)
    }
    _ = try await test.service.adjudicate(.key("k50"), labels: nil, note: nil, in: project, by: people[0])
    var count = 0
    try test.service.exported(project) { _ in count += 1 }
    #expect(count == 33)
  }
}
