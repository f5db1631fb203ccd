import Domain
import Foundation
import Learning
import Sampling
import Tensors
import Testing

@testable import Labeling

@Suite struct MultiLabelRoundTests {
  static let quick = """
    "trainer": {"hidden": 32, "dropout": 0.2, "committee": {"size": 4}}, "batch_size": 10, "evaluation_fraction": 0.25
    """

  /// Vectors of which each of the first three numbers is high where its label applies: from none to all of them.
  static func push(_ count: Int, to project: ProjectID, _ test: TestService, by user: User) async throws {
    var generator = SeededGenerator(seed: 5, stream: 0)
    let rows = (0..<count).map { number in
      var row = ItemRow()
      row.key = "k\(number)"
      row.vector = (0..<4).map { place in
        let height: Float = place < 3 && number >> place & 1 == 1 ? 3 : 0
        return height + 0.3 * generator.normal()
      }
      return row
    }
    #expect(try await test.push(rows, to: project, by: user).created == count)
    try await test.service.poolDidGrow(project)
  }

  static func truth(_ row: Int) -> [String] { (0..<3).filter { row >> $0 & 1 == 1 }.map { ["a", "b", "c"][$0] } }

  static func work(_ count: Int, in project: ProjectID, _ test: TestService, by user: User) async throws {
    for _ in 0..<count {
      let served = try #require(try await test.next(project, user).first)
      _ = try await test.service.annotate(
        Submission(
          target: .item(served.item.id), outcome: .label, labels: truth(served.item.row), lease: served.lease.id),
        in: project, by: user)
    }
  }

  static func trained(
    _ test: TestService, settings: String = "", rounds: Int = 5
  ) async throws -> (project: ProjectID, user: User) {
    let project = try await test.project(
      modality: .vector, settings: "{\(settings.isEmpty ? "" : settings + ", ")\(quick)}", task: .multiLabel)
    let ann = try await test.user("ann")
    try await push(160, to: project, test, by: ann)
    await test.runRounds()
    for _ in 1..<rounds {
      try await work(10, in: project, test, by: ann)
      await test.runRounds()
    }
    return (project, ann)
  }

  @Test func aRoundLearnsEachLabelAndMeasuresIt() async throws {
    let test = try TestService()
    let (project, _) = try await Self.trained(test)
    let round = try test.service.round(5, in: project)
    #expect(round.state == .serving && round.strategyUsed == "margin_diverse", "\(round.reason ?? "")")
    let report = RoundReport(text: round.report)
    let metrics = try #require(report.labelMetrics)
    #expect(report.metrics == nil && metrics.count == report.labels.evaluation)
    #expect(metrics.microF1 > 0.9 && metrics.macroF1 > 0.9 && metrics.labelRankingAveragePrecision > 0.9)
    #expect(report.labels.perLabel.count == 3)
    #expect(report.model?.classes == 3 && report.model?.members == 1)
    let calibration = try #require(report.calibration)
    #expect(calibration.scaling == nil && calibration.reason?.contains("50") == true && calibration.errorBefore >= 0)
    let glance = try #require(test.service.overviewIfKnown(project)?.model)
    #expect(glance.accuracy == nil && glance.microF1 == metrics.microF1)
    // Independent probabilities, and the labels that they make likely: none, one, or all.
    let expected: [(vector: [Float], labels: [String])] = [
      ([0, 0, 0], []), ([0, 3, 0], ["b"]), ([3, 3, 3], ["a", "b", "c"]),
    ]
    for (vector, labels) in expected {
      var row = ItemRow()
      row.vector = vector + [0]
      let prediction = try #require(try await test.service.predict([row], in: project).first).get()
      #expect(prediction.labels == labels, "\(vector)")
      let sum = prediction.probabilities.reduce(0) { $0 + $1.probability }
      #expect(abs(sum - Double(labels.count)) < 0.75, "\(prediction.probabilities)")
    }
  }

  @Test(arguments: StrategyRegistry.all.map(\.name))
  func everyStrategyChoosesAmongItemsOfSeveralLabels(name: String) async throws {
    let test = try TestService()
    let (project, ann) = try await Self.trained(test, rounds: 4)
    let batch = try await test.service.query(
      in: project, by: ann, count: 6, strategy: StrategyChoice(name), leaseSeconds: nil)
    #expect(batch.items.count == 6 && Set(batch.items.map(\.served.item.id)).count == 6)
    if name != "auto" { #expect(batch.strategyUsed == name, "\(batch.reason ?? "")") }
    #expect(batch.items.allSatisfy { !$0.served.item.evaluation && $0.prediction?.probabilities.count == 3 })
  }

  @Test func aStreamAsksAboutItemsOfSeveralLabels() async throws {
    let test = try TestService()
    let (project, ann) = try await Self.trained(test)
    let rows = (0..<30).map { number -> Result<ItemRow, FieldError> in
      var row = ItemRow()
      row.key = "s\(number)"
      row.vector = number % 2 == 0 ? [3, 0, 3, 0] : [1.5, 1.5, 1.5, 0]
      return .success(row)
    }
    let answers = try await test.service.stream(
      rows, in: project, by: ann, budget: 0.5, strategy: "variable_uncertainty"
    ).map { try $0.get() }
    #expect(answers.contains { $0.decision.isQuery } && answers.contains { !$0.decision.isQuery })
    #expect(answers[0].prediction?.labels == ["a", "c"])
  }

  @Test func aLabelThatIsAddedBetweenRoundsIsLearned() async throws {
    let test = try TestService()
    let (project, ann) = try await Self.trained(
      test, settings: #""strategy": "entropy""#)
    // The label comes first in the project, so that all others move.
    var draft = ProjectDraft()
    draft.labels = ["new", "a", "b", "c"].map { LabelDraft(name: $0) }
    _ = try await test.service.changeProject(project, draft, ifVersion: nil)
    // The model that serves knows three of the four.
    var row = ItemRow()
    row.vector = [0, 3, 0, 0]
    let before = try #require(try await test.service.predict([row], in: project).first).get()
    #expect(before.labels == ["b"] && before.probabilities.map(\.label).sorted() == ["a", "b", "c"])
    for _ in 0..<12 {
      let served = try #require(try await test.next(project, ann).first)
      _ = try await test.service.annotate(
        Submission(
          target: .item(served.item.id), outcome: .label, labels: ["new"] + Self.truth(served.item.row),
          lease: served.lease.id), in: project, by: ann)
    }
    await test.runRounds()
    let round = try test.service.round(6, in: project)
    #expect(round.state == .serving && round.strategyUsed == "entropy")
    let after = try #require(try await test.service.predict([row], in: project).first).get()
    #expect(after.probabilities.map(\.label) == ["new", "a", "b", "c"] && after.labels.contains("b"))
  }
}
