import Tensors
import Testing

@testable import Sampling

/// Strategies over items that may have several labels.
@Suite struct MultiLabelTests {
  private let independent = CommitteePredictions(
    members: 2, items: 3, classes: 2, values: [0.9, 0.5, 0.1, 0.2, 1, 0, 0.5, 0.5, 0.1, 0.2, 1, 0])

  private func utilities(
    _ name: String, _ aggregation: MultiLabelStrategy.Aggregation, _ predictions: CommitteePredictions
  ) throws -> [Float] {
    var generator = SeededGenerator(seed: 1)
    let strategy = MultiLabelStrategy(base: try StrategyRegistry.make(name: name), aggregation: aggregation)
    return try strategy.utilities(of: predictions, using: &generator)
  }

  @Test(arguments: StrategyContractTests.scoring.filter { $0 != "chance_of_error" })
  func everyStrategyScoresLabelByLabel(name: String) throws {
    var generator = SeededGenerator(seed: 4)
    let predictions = CommitteePredictions(
      members: 3, items: 40, classes: 5, values: (0..<600).map { _ in generator.uniform() })
    let byLabel = (0..<40).map { item in
      (0..<5).map { label -> Float in
        let pairs = (0..<3).map { member -> [[Float]] in
          let p = predictions.values[(member * 40 + item) * 5 + label]
          return [[1 - p, p]]
        }
        return ReferenceUtilities.utilities(name, of: committee(pairs))?[0] ?? .nan
      }
    }
    #expect(isClose(try utilities(name, .mean, predictions), byLabel.map { $0.reduce(0, +) / 5 }, within: 5e-6))
    #expect(isClose(try utilities(name, .max, predictions), byLabel.map { $0.max() ?? 0 }, within: 5e-6))
  }

  @Test func marginByHand() throws {
    // Means: item 0 (0.7, 0.5), item 1 (0.1, 0.2), item 2 (1, 0).
    #expect(isClose(try utilities("margin", .mean, independent), [0.8, 0.3, 0], within: 1e-6))
    #expect(isClose(try utilities("margin", .max, independent), [1, 0.4, 0], within: 1e-6))
  }

  @Test(arguments: [Float.nan, -0.1, 1.1, .infinity])
  func whatIsNoProbabilityIsRefused(value: Float) {
    var values = independent.values
    values[3] = value
    let bad = CommitteePredictions(members: 2, items: 3, classes: 2, values: values)
    let error = #expect(throws: SamplingError.self) { try utilities("entropy", .mean, bad) }
    guard case .notAProbability(row: 1, member: 0, label: 1, _) = error else {
      Issue.record("threw \(String(describing: error))")
      return
    }
  }

  @Test func noItemsAndNoLabelsGiveNothing() throws {
    #expect(try utilities("entropy", .mean, .init(members: 1, items: 0, classes: 3, values: [])).isEmpty)
    #expect(try utilities("entropy", .max, .init(members: 1, items: 2, classes: 0, values: [])) == [0, 0])
  }

  @Test(arguments: StrategyRegistry.all.map(\.name))
  func everyStrategySelects(name: String) throws {
    var generator = SeededGenerator(seed: 9)
    let predictions = CommitteePredictions(
      members: 3, items: 120, classes: 6, values: (0..<2160).map { _ in generator.uniform() })
    let features = scatteredPoints(rows: 120, columns: 8, seed: 3)
    let strategy = MultiLabelStrategy(base: try StrategyRegistry.make(name: name))
    let pool = ScoredPool(
      rows: Array(0..<90), utilities: Array(try strategy.utilities(of: predictions, using: &generator)[..<90]),
      members: 3, features: features.view,
      // Items with two labels are listed once for each.
      labelledRows: Array(90..<120) + Array(90..<110), labelledClasses: (0..<50).map { $0 % 6 }, classes: 6,
      model: WrittenModel(predictions: predictions, representations: features))
    let selection = try strategy.select(12, from: pool, using: &generator)
    #expect(Set(selection.chosen.map(\.row)).count == 12 && selection.chosen.allSatisfy { $0.row < 90 })
    if name != "auto" { #expect(selection.strategyUsed == name && selection.reason == nil) }
  }

  @Test func informationOfAllAnswersIsTheMeanOfTheLabels() throws {
    var generator = SeededGenerator(seed: 4)
    let predictions = CommitteePredictions(
      members: 4, items: 25, classes: 3, values: (0..<300).map { _ in generator.uniform() })
    let model = MultiLabelModel(
      base: WrittenModel(predictions: predictions, representations: Matrix(rows: 25, columns: 1)))
    let answers = try model.committee(of: Array(0..<25))
    #expect(answers.classes == 6)
    #expect(isClose(answers.mutualInformation(), try utilities("bald", .mean, predictions), within: 3e-6))
    let labels = try model.labelProbabilities(of: [7, 3])
    #expect(isClose(labels.row(0), Array(predictions.mean().row(7)), within: 1e-6))
  }
}
