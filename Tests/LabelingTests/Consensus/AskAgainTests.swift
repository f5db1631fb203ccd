import Domain
import Tensors
import Testing

@testable import Labeling
@testable import Storage

@Suite struct AskAgainTests {
  private static let settings = #"""
    {"overlap": 1, "batch_size": 100000, "evaluation_fraction": 0, "lease_seconds": 60,
     "ask_again": {"enabled": true, "fraction": 0.5, "max_opinions": 3}}
    """#

  private static let quick =
    #""batch_size": 1000, "trainer": {"hidden": 32, "dropout": 0.2}, "ask_again": {"enabled": true}"#

  /// Puts all labelled items on the list, as a round would that doubted them all.
  private func doubtEverything(_ test: TestService, _ project: ProjectID) async throws {
    try await test.board(project) { board, connection in
      let rows = board.pool.ids.indices.filter { board.pool.contains($0) && board.pool.state($0) == .labelled }
      try board.replaceAgain(with: rows.map { ($0, 1 / Double($0 + 2)) }, connection: connection)
    }
  }

  @Test func labelledItemsAreServedAgainToOthersUntilTheyHaveEnough() async throws {
    let test = try TestService()
    let project = try await test.project(settings: Self.settings)
    let people = [try await test.user("ann"), try await test.user("bob"), try await test.user("cid")]
    let dan = try await test.user("dan")
    try await test.pushTexts(2, to: project, by: people[0])
    for key in ["k0", "k1"] { try await test.say(.label, key, ["a"], in: project, by: people[0]) }
    try await doubtEverything(test, project)
    // Never to who has answered it.
    #expect(try await test.next(project, people[0], 5).isEmpty)
    let served = try await test.next(project, people[1], 5)
    #expect(served.map(\.item.key) == ["k0", "k1"])
    #expect(served.allSatisfy { $0.lease.provenance.strategy == "ask_again" && $0.lease.provenance.utility != nil })
    // Never to two at a time.
    #expect(try await test.next(project, people[2], 5).isEmpty)
    let receipt = try await test.label(served[0], "b", by: people[1])
    #expect(!receipt.extraOpinion && !receipt.leaseEnded)
    // Given back, it is asked again; answered, it waits for the next round.
    try await test.service.release(served[1].lease.id, by: people[1].id)
    try await test.restart()
    let third = try await test.next(project, people[2], 5)
    #expect(third.map(\.item.key) == ["k1"])
    try await test.label(third[0], "c", by: people[2])
    #expect(try await test.next(project, dan, 5).isEmpty)
    try await doubtEverything(test, project)
    let last = try await test.next(project, dan, 5)
    #expect(last.map(\.item.key) == ["k0", "k1"])
    for item in last { try await test.label(item, "a", by: dan) }
    // Three opinions are as many as the project wants.
    try await doubtEverything(test, project)
    #expect(try await test.next(project, try await test.user("eve"), 5).isEmpty)
    try await test.board(project) { board, connection in
      #expect(board.pool.opinions == [3, 3])
      try checkInvariants(board, connection, overlap: 1, "the end")
    }
  }

  @Test func theirShareIsWhatTheProjectWants() async throws {
    let test = try TestService()
    let project = try await test.project(
      settings: Self.settings.replacing(#""fraction": 0.5"#, with: #""fraction": 0.25"#))
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushTexts(90, to: project, by: ann)
    for number in 0..<40 { try await test.say(.label, "k\(number)", ["a"], in: project, by: ann) }
    try await doubtEverything(test, project)
    var again = 0
    for _ in 0..<40 {
      let served = try #require(try await test.next(project, bob).first)
      if served.lease.provenance.strategy == "ask_again" { again += 1 }
      try await test.label(served, "a", by: bob)
    }
    #expect((9...11).contains(again))
    // Without the setting nothing is asked again.
    var draft = ProjectDraft()
    draft.settings = try SettingsPatch.json(#"{"ask_again": {"enabled": false}}"#)
    _ = try await test.service.changeProject(project, draft, ifVersion: nil)
    for _ in 0..<10 {
      let served = try #require(try await test.next(project, bob).first)
      #expect(served.lease.provenance.strategy != "ask_again")
      try await test.label(served, "a", by: bob)
    }
  }

  @Test(arguments: [(1, 5), (2, 6)] as [(Int, UInt64)]) func everyRuleHoldsAfterEveryStep(
    overlap: Int, seed: UInt64
  ) async throws {
    let test = try TestService()
    let project = try await test.project(
      settings: Self.settings.replacing(#""overlap": 1"#, with: #""overlap": \#(overlap)"#))
    var people: [(user: User, held: [ServedItem], said: [AnnotationID])] = []
    for number in 0..<6 { people.append((try await test.user("annotator \(number)"), [], [])) }
    try await test.pushTexts(10, to: project, by: people[0].user)
    var generator = SeededGenerator(seed: seed)
    for step in 0..<250 {
      let who = generator.index(below: people.count)
      let user = people[who].user
      let item = people[who].held.isEmpty ? nil : people[who].held[generator.index(below: people[who].held.count)]
      do {
        switch generator.index(below: 12) {
        case 0..<4: people[who].held += try await test.next(project, user, 2)
        case 4..<7:
          guard let item else { continue }
          let label = ["a", "b"][generator.index(below: 2)]
          people[who].said.append(try await test.label(item, label, by: user).annotation)
        case 7:
          guard let item else { continue }
          people[who].said.append(try await test.say(.skip, item.item.key, in: project, by: user).annotation)
        case 8:
          guard !people[who].said.isEmpty else { continue }
          let id = people[who].said[generator.index(below: people[who].said.count)]
          if let served = try await test.service.undo(id, by: test.principal(user)).served {
            people[who].held.append(served)
          }
        case 9:
          let key = "k\(generator.index(below: 10))"
          _ = try await test.service.adjudicate(
            .key(key), labels: generator.index(below: 2) == 0 ? nil : ["c"], note: nil, in: project, by: user)
        case 10: try await doubtEverything(test, project)
        default: test.clock.advance(seconds: 40)
        }
      } catch is LabelingError {
        // Refused: nothing may have changed, which is what is checked next.
      }
      try await test.board(project) { try checkInvariants($0, $1, overlap: overlap, "step \(step)") }
      if step % 80 == 79 { try await test.restart() }
    }
  }

  /// Vectors of three groups, of which ann mislabels two, with a round behind them.
  private func trained(_ settings: String) async throws -> (TestService, ProjectID, User, User) {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: settings)
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushVectors(60, to: project, by: ann)
    for number in 0..<40 {
      let wrong = number == 7 || number == 20
      try await test.say(
        .label, "k\(number)", [["a", "b", "c"][(number + (wrong ? 1 : 0)) % 3]], in: project, by: ann)
    }
    await test.runRounds()
    return (test, project, ann, bob)
  }

  @Test func whatAModelContradictsIsSuspectedAndAskedAgain() async throws {
    let (test, project, ann, bob) = try await trained(
      #"{"evaluation_fraction": 0, \#(Self.quick)}"#)
    let errors = try await test.service.labelErrors(in: project, by: .selfConfidence, after: nil, limit: 10)
    #expect(Set(errors.items.prefix(2).map(\.item.key)) == ["k7", "k20"] && errors.examined == 40)
    #expect(errors.items.prefix(2).allSatisfy { $0.given != $0.suggested && $0.quality < 0.5 && $0.opinions == 1 })
    #expect(errors.suspected == errors.items.count && errors.reason == nil)
    let second = try await test.service.labelErrors(
      in: project, by: .selfConfidence, after: errors.items[0].cursor, limit: 1)
    #expect(second.items.map(\.item.id) == [errors.items[1].item.id])
    // The round has them on its list, a query finds them, and bob may answer, ann may not.
    let waiting = try await test.board(project) { board, _ in board.again.entries.map(\.row) }
    #expect(Set(waiting.prefix(2)) == [7, 20])
    let own = try await test.service.query(in: project, by: ann, count: 2, strategy: "ask_again", leaseSeconds: nil)
    #expect(own.items.isEmpty && own.reason != nil && own.strategyUsed == "ask_again")
    let batch = try await test.service.query(in: project, by: bob, count: 2, strategy: "ask_again", leaseSeconds: nil)
    #expect(Set(batch.items.map(\.served.item.key)) == ["k7", "k20"])
    for entry in batch.items {
      try await test.label(entry.served, ["a", "b", "c"][entry.served.item.row % 3], by: bob)
    }
    // What an engineer settles is no longer suspected.
    _ = try await test.service.adjudicate(.key("k7"), labels: ["b"], note: nil, in: project, by: ann)
    let after = try await test.service.labelErrors(in: project, by: .normalisedMargin, after: nil, limit: 10)
    #expect(!after.items.map(\.item.key).contains("k7") && after.examined == 39)
  }

  @Test func withoutAModelThereIsAReasonAndNoError() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(5, to: project, by: ann)
    let errors = try await test.service.labelErrors(in: project, by: .selfConfidence, after: nil, limit: 10)
    #expect(errors.items.isEmpty && errors.reason != nil)
    let batch = try await test.service.query(in: project, by: ann, count: 2, strategy: "ask_again", leaseSeconds: nil)
    #expect(batch.items.isEmpty && batch.reason != nil)
    await #expect(throws: LabelingError.self) {
      try await test.service.query(
        in: project, by: ann, count: 2, strategy: StrategyChoice("ask_again", parameters: ["x": 1]), leaseSeconds: nil)
    }
  }

  @Test func itemsOfTheEvaluationStreamAreLeftAlone() async throws {
    let (test, project, _, _) = try await trained(
      #"{"evaluation_fraction": 0.5, \#(Self.quick)}"#)
    let definition = try #require(test.service.overviewIfKnown(project)).project
    let ranked = try test.service.askAgain(in: definition)
    try await test.board(project) { board, _ in
      #expect(ranked.allSatisfy { !board.pool.isReserved($0.row) })
    }
  }
}
