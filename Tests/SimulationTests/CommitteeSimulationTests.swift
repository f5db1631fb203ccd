import Features
import Simulation
import Tensors
import Testing

/// Simulations whose learner, pool or committee is out of the ordinary.
@Suite struct CommitteeSimulationTests {
  private func run(_ data: LabelledItems, _ parameters: SimulationParameters) throws -> SimulationResult {
    try Simulation(data: data, parameters: parameters).run(directory: try TemporaryFolder().path)
  }

  private func parameters(_ strategies: [String]) -> SimulationParameters {
    SimulationParameters(
      strategies: strategies, batch: 10, start: 10, labels: 60, seeds: 2, holdout: 0.25, passes: 5, members: 3,
      epochs: 10, minimumSteps: 60, filters: [4], measuresCeiling: false)
  }

  /// Images of 8 × 8 pixels with a bright upper or lower half.
  private func halves(_ count: Int = 160) -> LabelledItems {
    var generator = SeededGenerator(seed: 3)
    let pixels = (0..<count * 64).map { index in
      (index % 64 < 32) == (index / 64 % 2 == 0) ? 0.6 + 0.2 * generator.normal() : 0.3 + 0.2 * generator.normal()
    }
    return LabelledItems(
      content: .numbers(
        Matrix(rows: count, columns: 64, values: pixels), ImageShape(height: 8, width: 8, channels: 1)),
      labels: (0..<count).map { $0 % 2 }, classNames: ["top", "bottom"])
  }

  @Test(arguments: SimulationParameters.Uncertainty.allCases)
  func anyCommitteeServesEveryStrategyOverPasses(uncertainty: SimulationParameters.Uncertainty) throws {
    var parameters = parameters(["random", "bald", "variation_ratio", "batch_bald", "badge", "augmentation_variance"])
    parameters.uncertainty = uncertainty
    let first = try run(Sets.clouds(), parameters)
    #expect(first.curves.count == 12 && first.curves.allSatisfy { $0.rows.last?.labels == 60 })
    #expect(first.curves.filter { $0.strategy == "bald" }.allSatisfy { ($0.rows.last?.accuracy ?? 0) > 0.75 })
    #expect(timeless(first.curves) == timeless(try run(Sets.clouds(), parameters).curves))
    // Each strategy goes its own way after the common start.
    let paths = Set(first.curves.filter { $0.seed == 0 }.map { $0.rows.map(\.nll) })
    #expect(paths.count == 6)
  }

  @Test func aConvolutionalNetworkLearnsImagesAndRefusesOtherThings() throws {
    var parameters = parameters(["random", "augmentation_kl"])
    parameters.model = .cnn
    let result = try run(halves(), parameters)
    #expect(result.curves.allSatisfy { ($0.rows.last?.accuracy ?? 0) > 0.9 })
    let error = #expect(throws: SimulationError.self) { try run(Sets.clouds(), parameters) }
    #expect(error?.description.contains("cnn needs images") == true)
  }

  @Test func textsAreFeaturisedOnThePoolAndChangedAsTexts() throws {
    let words = [["goal", "match", "team", "league"], ["shares", "bank", "profit", "market"]]
    var generator = SeededGenerator(seed: 8)
    let texts = (0..<160).map { item in
      (0..<6).map { _ in words[item % 2][generator.index(below: 4)] }.joined(separator: " ") + " number \(item)"
    }
    let data = LabelledItems(
      content: .raw(texts.map { .text($0) }), labels: (0..<160).map { $0 % 2 }, classNames: ["sport", "money"])
    let result = try run(data, parameters(["random", "augmentation_disagreement"]))
    #expect(result.curves.allSatisfy { ($0.rows.last?.accuracy ?? 0) > 0.9 })
  }

  @Test func plantedOutliersAreCountedAndRemovedOnesAreNotAsked() throws {
    var planted = parameters(["random"])
    planted.plantedOutliers = 0.3
    func share(_ parameters: SimulationParameters) throws -> Double {
      let rows = try run(Sets.clouds(400), parameters).curves.flatMap(\.rows)
      return rows.map(\.outlierShare).reduce(0, +) / Double(rows.count)
    }
    let before = try share(planted)
    #expect(before > 0.15 && before < 0.45)
    planted.removedShare = 0.4
    #expect(try share(planted) < before)
  }

  @Test func theFilterKeepsTheOutlierShareDownAndLeavesRandomAlone() throws {
    var plain = parameters(["random", "entropy"])
    plain.plantedOutliers = 0.4
    plain.labels = 150
    var filtered = plain
    filtered.outlierFilter = "auto"
    func late(_ result: SimulationResult, _ strategy: String) -> Double {
      let rows = result.curves.filter { $0.strategy == strategy }.flatMap { $0.rows.suffix(6) }
      return rows.map(\.outlierShare).reduce(0, +) / Double(rows.count)
    }
    let (without, with) = (try run(halves(400), plain), try run(halves(400), filtered))
    #expect(late(with, "entropy") <= late(without, "entropy"))
    #expect(
      timeless(with.curves.filter { $0.strategy == "random" })
        == timeless(without.curves.filter { $0.strategy == "random" }))
  }
}
