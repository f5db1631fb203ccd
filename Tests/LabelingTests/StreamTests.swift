import Domain
import Sampling
import Testing

@testable import Labeling
@testable import Storage

@Suite struct StreamTests {
  private func rows(_ numbers: Range<Int>) -> [Result<ItemRow, FieldError>] {
    numbers.map { number in
      var row = ItemRow()
      row.key = "s\(number)"
      row.text = "streamed item \(number)"
      return .success(row)
    }
  }

  @Test func itsStateSurvivesARestart() async throws {
    func decisions(restarting: Bool) async throws -> [Bool] {
      let test = try TestService()
      let project = try await test.project(settings: #"{"seed": 3}"#)
      let ann = try await test.user("ann")
      var asked: [Bool] = []
      for start in stride(from: 0, to: 300, by: 50) {
        let answers = try await test.service.stream(
          rows(start..<start + 50), in: project, by: ann, budget: 0.2, strategy: "random")
        asked += try answers.map { try $0.get().decision.isQuery }
        if restarting { try await test.restart() }
      }
      return asked
    }
    let through = try await decisions(restarting: false)
    #expect(try await decisions(restarting: true) == through)
    let share = Double(through.filter { $0 }.count) / 300
    #expect(share > 0.05 && share <= 0.3)
  }

  @Test func whatIsAskedGoesBeforeTheRanking() async throws {
    let test = try TestService()
    let project = try await test.project(settings: #"{"evaluation_fraction": 0}"#)
    let ann = try await test.user("ann")
    try await test.pushTexts(20, to: project, by: ann)
    var input = rows(0..<3)
    input.insert(.failure(FieldError("/text", "was broken")), at: 1)
    var empty = ItemRow()
    empty.text = ""
    input.append(.success(empty))
    let answers = try await test.service.stream(
      input, in: project, by: ann, budget: 1, strategy: "variable_uncertainty")
    #expect(answers.map { (try? $0.get().decision.isQuery) } == [true, nil, true, true, nil])
    try await test.restart()
    let served = try await test.next(project, ann, 4)
    #expect(served.map(\.item.key).prefix(3) == ["s0", "s1", "s2"])
    #expect(served.prefix(3).allSatisfy { $0.lease.provenance.strategy == "stream" })
    // The same item again is the one that the pool has.
    let again = try await test.service.stream(
      rows(0..<1), in: project, by: ann, budget: 1, strategy: "variable_uncertainty")
    #expect(try again[0].get().item == served[0].item.id)
    #expect(test.service.overviewIfKnown(project)?.counts.items == 23)
  }

  @Test func nonsenseIsRefused() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    for (budget, strategy, pointer) in [(0.1, "psychic", "/strategy"), (1.5, "random", "/budget")] {
      do {
        _ = try await test.service.stream(rows(0..<1), in: project, by: ann, budget: budget, strategy: strategy)
        Issue.record("\(strategy) at \(budget) was taken")
      } catch LabelingError.invalid(let errors) {
        #expect(errors.map(\.pointer) == [pointer])
      }
    }
  }
}
