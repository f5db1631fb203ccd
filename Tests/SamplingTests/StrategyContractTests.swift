import Sampling
import Tensors
import Testing

/// A strategy of one's own takes one file: what it is, and how it scores.
///
/// Everything else comes with the protocol.
private struct ChanceOfError: QueryStrategy {
  static let descriptor = StrategyDescriptor(
    name: "chance_of_error",
    summary: "Asks first where a label drawn from the prediction is likeliest to differ from another.",
    needs: [.probabilities], cost: "O(n·c)")

  func utilities(of predictions: CommitteePredictions, using generator: inout SeededGenerator) throws -> [Float] {
    try predictions.utilitiesOfMean { mean in
      (0..<mean.rows).map { row in max(0, 1 - mean[row].reduce(0) { $0 + $1 * $1 }) }
    }
  }
}

/// What every pool strategy keeps to, whatever it computes.
@Suite("Every strategy", .serialized)
struct StrategyContractTests {
  static let names = StrategyRegistry.all.map(\.name) + [ChanceOfError.descriptor.name]
  /// Strategies whose utilities depend on the predictions.
  static let scoring = names.filter { !["random", "typiclust", "core_set", "k_means"].contains($0) }

  private func make(_ name: String) throws -> any QueryStrategy {
    name == ChanceOfError.descriptor.name ? ChanceOfError() : try StrategyRegistry.make(name: name)
  }

  private func utilities(_ name: String, _ predictions: CommitteePredictions, seed: UInt64 = 1) throws -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return try make(name).utilities(of: predictions, using: &generator)
  }

  /// 200 candidates among 240 rows, 30 labelled rows, utilities of the strategy itself.
  private func pool(_ name: String, order: [Int] = Array(0..<200), members: Int = 3) throws -> ScoredPool {
    let predictions = randomPredictions(members: members, items: 240, classes: 4, seed: 5)
    let scores = try utilities(name, predictions)
    return ScoredPool(
      rows: order.map { $0 + 10 }, utilities: order.map { scores[$0 + 10] }, members: members,
      features: scatteredPoints(rows: 240, columns: 12, seed: 9).view,
      labelledRows: Array(210..<240), labelledClasses: (0..<30).map { $0 % 4 }, classes: 4,
      model: WrittenModel(
        predictions: predictions, representations: scatteredPoints(rows: 240, columns: 7, seed: 10)))
  }

  private func select(_ name: String, _ count: Int, _ pool: ScoredPool, seed: UInt64 = 1) throws -> Selection {
    var generator = SeededGenerator(seed: seed)
    return try make(name).select(count, from: pool, using: &generator)
  }

  // MARK: Utilities

  @Test("computes what the plain reference computes", arguments: scoring, [1, 4])
  func matchesReference(name: String, members: Int) throws {
    let predictions = randomPredictions(members: members, items: 333, classes: 5, seed: 3)
    let expected = try #require(ReferenceUtilities.utilities(name, of: predictions))
    #expect(isClose(try utilities(name, predictions), expected, within: 5e-6))
  }

  @Test("gives permuted utilities for a permuted pool", arguments: scoring)
  func permutation(name: String) throws {
    let predictions = randomPredictions(members: 3, items: 100, classes: 4, seed: 8)
    var order = Array(0..<100)
    var generator = SeededGenerator(seed: 2)
    generator.shuffle(&order)
    let original = try utilities(name, predictions)
    #expect(isClose(try utilities(name, permuted(predictions, order)), order.map { original[$0] }, within: 1e-6))
  }

  @Test("gives finite utilities, one per item, none below 0", arguments: names)
  func range(name: String) throws {
    let scores = try utilities(name, randomPredictions(members: 3, items: 77, classes: 4, seed: 4))
    #expect(scores.count == 77)
    #expect(scores.allSatisfy { $0.isFinite && $0 >= 0 })
  }

  @Test("leaves its input as it was", arguments: names)
  func purity(name: String) throws {
    let predictions = randomPredictions(members: 3, items: 50, classes: 4, seed: 4)
    let (before, poolBefore) = (predictions.values, try pool(name))
    let candidates = poolBefore
    _ = try utilities(name, predictions)
    _ = try select(name, 20, candidates)
    #expect(predictions.values == before)
    #expect(candidates.rows == poolBefore.rows && candidates.utilities == poolBefore.utilities)
    let features = try #require(candidates.features)
    let untouched = scatteredPoints(rows: 240, columns: 12, seed: 9)
    #expect((0..<240).allSatisfy { Array(features[$0]) == untouched.row($0) })
  }

  @Test("ranks an unsure item above a sure one", arguments: scoring)
  func higherIsSooner(name: String) throws {
    // Members disagree about item 1, which makes it unsure by every measure.
    let sure: [Float] = [0.98, 0.01, 0.01]
    let scores = try utilities(name, committee([[sure, [0.9, 0.05, 0.05]], [sure, [0.05, 0.9, 0.05]]]))
    #expect(scores[1] > scores[0])
    let chosen = try select(name, 1, ScoredPool(rows: [0, 1], utilities: scores, members: 2, classes: 3))
    if chosen.strategyUsed != "random" { #expect(chosen.chosen.map(\.row) == [1]) }
  }

  @Test("gives 0 where there is one class", arguments: names)
  func oneClass(name: String) throws {
    let single = CommitteePredictions(members: 2, items: 5, classes: 1, values: [Float](repeating: 1, count: 10))
    #expect(try utilities(name, single) == [0, 0, 0, 0, 0])
  }

  @Test("gives nothing for no items", arguments: names)
  func noItems(name: String) throws {
    #expect(try utilities(name, CommitteePredictions(members: 1, items: 0, classes: 3, values: [])).isEmpty)
  }

  @Test(
    "refuses rows off the simplex and says which", arguments: names,
    [[Float.nan, 0.5, 0.5], [0.5, 0.5, 0.1], [1.5, -0.5, 0], [0, 0, 0], [.infinity, 0, 0]])
  func offSimplex(name: String, bad: [Float]) throws {
    let good: [Float] = [0.2, 0.3, 0.5]
    let values = committee([[good, good, good, good], [good, good, bad, good]])
    let error = #expect(throws: SamplingError.self) { try utilities(name, values) }
    guard case .notADistribution(let row, let member, _) = error else {
      Issue.record("threw \(String(describing: error))")
      return
    }
    #expect(row == 2 && member == 1)
  }

  @Test("accepts rows off 1 by rounding", arguments: names)
  func roundingIsAccepted(name: String) throws {
    #expect(try utilities(name, predictions([[0.2, 0.3, 0.5008], [0.2, 0.3, 0.4992]])).count == 2)
  }

  // MARK: Selection

  @Test("chooses distinct candidates, as many as asked", arguments: names)
  func distinctCandidates(name: String) throws {
    for members in [1, 3] {
      let selection = try select(name, 20, pool(name, members: members))
      let rows = selection.chosen.map(\.row)
      #expect(rows.count == 20 && Set(rows).count == 20)
      #expect(rows.allSatisfy { (10..<210).contains($0) })
      #expect(selection.chosen.allSatisfy { $0.utility.isFinite })
      #expect(Self.names.contains(selection.strategyUsed) && selection.strategyUsed != "auto")
    }
  }

  @Test("repeats itself for a seed", arguments: names)
  func deterministic(name: String) throws {
    let candidates = try pool(name)
    #expect(try select(name, 20, candidates, seed: 3) == select(name, 20, candidates, seed: 3))
    let predictions = randomPredictions(members: 2, items: 40, classes: 3, seed: 4)
    #expect(try utilities(name, predictions, seed: 3) == utilities(name, predictions, seed: 3))
  }

  @Test("chooses the same however the candidates are listed", arguments: names)
  func orderOfThePool(name: String) throws {
    var order = Array(0..<200)
    var generator = SeededGenerator(seed: 2)
    generator.shuffle(&order)
    #expect(try select(name, 20, pool(name)) == select(name, 20, pool(name, order: order)))
  }

  @Test("breaks ties by the seed", arguments: names)
  func ties(name: String) throws {
    var candidates = try pool(name)
    // Every item is like every other, in all respects.
    candidates.utilities = [Float](repeating: 0.5, count: 200)
    candidates.features = Matrix(rows: 240, columns: 12, repeating: 1).view
    let once = randomPredictions(members: 3, items: 1, classes: 4, seed: 1)
    candidates.model = WrittenModel(
      predictions: permuted(once, [Int](repeating: 0, count: 240)),
      representations: Matrix(rows: 240, columns: 7, repeating: 1))
    let first = try select(name, 20, candidates, seed: 1).chosen.map(\.row)
    let second = try select(name, 20, candidates, seed: 2).chosen.map(\.row)
    #expect(first == (try select(name, 20, candidates, seed: 1).chosen.map(\.row)))
    #expect(first != second)
  }

  @Test("takes everything where the batch covers the pool", arguments: names, [200, 201, 5000])
  func wholePool(name: String, count: Int) throws {
    let selection = try select(name, count, pool(name))
    #expect(Set(selection.chosen.map(\.row)) == Set(10..<210))
    #expect(selection.chosen.count == 200 && selection.reason != nil)
  }

  @Test("answers an empty pool with a reason", arguments: names)
  func emptyPool(name: String) throws {
    let selection = try select(name, 5, ScoredPool(rows: [], classes: 3))
    #expect(selection.chosen.isEmpty && selection.reason != nil)
  }

  @Test("chooses nothing for a batch of 0 and refuses a negative one", arguments: names)
  func noBatch(name: String) throws {
    #expect(try select(name, 0, pool(name)).chosen.isEmpty)
    let candidates = try pool(name)
    #expect(throws: SamplingError.negativeBatch(-1)) { try select(name, -1, candidates) }
  }

  @Test("says so where it has neither a model nor features", arguments: names)
  func nothingToGoBy(name: String) throws {
    let selection = try select(name, 5, ScoredPool(rows: Array(0..<50), classes: 3))
    #expect(selection.strategyUsed == "random" && Set(selection.chosen.map(\.row)).count == 5)
    if name != "random" { #expect(selection.reason != nil) }
  }

  @Test("refuses arrays that disagree", arguments: names)
  func disagreeingArrays(name: String) throws {
    let features = scatteredPoints(rows: 10, columns: 3, seed: 1).view
    let bad = [
      ScoredPool(rows: [0, 1, 2], utilities: [1, 2], classes: 2),
      ScoredPool(rows: [0, 1, 10], utilities: [1, 2, 3], features: features, classes: 2),
      ScoredPool(rows: [0, 1, 2], features: features, labelledRows: [11], labelledClasses: [0], classes: 2),
      ScoredPool(rows: [0, 1, 2], features: features, labelledRows: [3], labelledClasses: [], classes: 2),
      ScoredPool(rows: [0, 1, 2], features: features, labelledRows: [3], labelledClasses: [2], classes: 2),
    ]
    for candidates in bad { #expect(throws: SamplingError.self) { try select(name, 1, candidates) } }
    let nan = ScoredPool(rows: [4, 5, 6], utilities: [1, .nan, 3], features: features, classes: 2)
    #expect(throws: SamplingError.notFinite(row: 5)) { try select(name, 1, nan) }
  }
}
