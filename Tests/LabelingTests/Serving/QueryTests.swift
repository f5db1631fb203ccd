import Domain
import Tensors
import Testing

@testable import Labeling
@testable import Storage

@Suite struct QueryTests {
  @Test func aBatchIsRankedAndLeased() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let (ann, bob) = (try await test.user("ann"), try await test.user("bob"))
    try await test.pushVectors(60, to: project, by: ann)
    await test.runRounds()
    try await test.work(10, in: project, by: ann)
    await test.runRounds()
    let first = try await test.service.query(in: project, by: ann, count: 8, strategy: "margin", leaseSeconds: 60)
    #expect(first.items.count == 8 && first.strategyUsed == "margin" && first.round == 2 && first.reason == nil)
    let utilities = first.items.compactMap(\.served.lease.provenance.utility)
    #expect(utilities == utilities.sorted(by: >) && utilities.count == 8)
    for entry in first.items {
      #expect(entry.served.lease.expiresAt == test.clock.now.adding(seconds: 60) && !entry.served.item.evaluation)
      let probabilities = try #require(entry.prediction).probabilities
      #expect(probabilities.map(\.label) == ["a", "b", "c"])
      #expect(abs(probabilities.map(\.probability).reduce(0, +) - 1) < 1e-4)
    }
    let second = try await test.service.query(in: project, by: bob, count: 8, strategy: "margin", leaseSeconds: nil)
    #expect(Set(second.items.map(\.served.item.id)).isDisjoint(with: first.items.map(\.served.item.id)))
    try await test.board(project) { try checkInvariants($0, $1, overlap: 1, "two queries") }
  }

  @Test func whatItLacksIsSaid() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    let empty = try await test.service.query(in: project, by: ann, count: 3, strategy: nil, leaseSeconds: nil)
    #expect(empty.items.isEmpty && empty.reason?.contains("empty") == true)
    try await test.pushVectors(10, to: project, by: ann)
    await test.runRounds()
    let fallback = try await test.service.query(in: project, by: ann, count: 3, strategy: "bald", leaseSeconds: nil)
    #expect(fallback.strategyUsed == "typiclust" && fallback.reason?.contains("bald needs a model") == true)
    let all = try await test.service.query(in: project, by: ann, count: 50, strategy: "random", leaseSeconds: nil)
    #expect(all.items.count < 10 && all.reason != nil)
    do {
      _ = try await test.service.query(in: project, by: ann, count: 1, strategy: "psychic", leaseSeconds: nil)
      Issue.record("an unknown strategy was taken")
    } catch LabelingError.invalid(let errors) {
      #expect(errors.first?.pointer == "/strategy" && errors.first?.detail.contains("margin_diverse") == true)
    }
  }

  @Test func predictionsAgreeWithTheLabels() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .vector, settings: "{\(TestService.quick)}")
    let ann = try await test.user("ann")
    try await test.pushVectors(60, to: project, by: ann)
    var row = ItemRow()
    row.vector = [4, 0, 0, 0]
    do {
      _ = try await test.service.predict([row], in: project)
      Issue.record("predicted without a model")
    } catch LabelingError.conflict(let why) {
      #expect(why.contains("no model"))
    }
    await test.runRounds()
    try await test.work(20, in: project, by: ann)
    await test.runRounds()
    var generator = SeededGenerator(seed: 99)
    let rows = (0..<30).map { number in
      var row = ItemRow()
      row.vector = TestService.vector(of: number % 3, &generator)
      return row
    }
    var wrong = ItemRow()
    wrong.vector = [1, 2]
    var text = ItemRow()
    text.text = "not a vector"
    let answers = try await test.service.predict(rows + [wrong, text], in: project)
    for (number, answer) in answers.prefix(30).enumerated() {
      #expect(try answer.get().label == ["a", "b", "c"][number % 3])
    }
    for answer in answers.suffix(2) {
      guard case .failure(let error) = answer else {
        Issue.record("a bad row was predicted")
        continue
      }
      #expect(error.pointer == "/vector")
    }
    // The pool's own items, and the same after a restart.
    let item = try #require(try test.store.read { try $0.item(key: "k4", in: project) })
    let before = try #require(try test.service.item(item.id, in: project).prediction)
    try await test.restart()
    let after = try #require(try test.service.item(item.id, in: project).prediction)
    #expect(before.label == "b" && after.label == "b")
    #expect(before.probabilities.map(\.probability) == after.probabilities.map(\.probability))
  }
}
