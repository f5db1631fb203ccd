import Foundation
import Sampling
import Tensors
import Testing

/// Values worked out by hand, and the laws between the measures of uncertainty.
@Suite struct UncertaintyTests {
  private func utilities(_ strategy: any QueryStrategy, _ predictions: CommitteePredictions) throws -> [Float] {
    var generator = SeededGenerator(seed: 1)
    return try strategy.utilities(of: predictions, using: &generator)
  }

  private let rows = predictions([[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0], [0.7, 0.2, 0.1, 0]])

  @Test func leastConfidenceByHand() throws {
    #expect(isClose(try utilities(LeastConfidence(), rows), [0, 0.75, 0.5, 0.3], within: 1e-6))
  }

  @Test func marginByHand() throws {
    #expect(isClose(try utilities(Margin(), rows), [0, 1, 1, 0.5], within: 1e-6))
  }

  @Test func entropyByHand() throws {
    // log 4, log 2, and 0.7·0.356675 + 0.2·1.609438 + 0.1·2.302585
    #expect(isClose(try utilities(PredictiveEntropy(), rows), [0, 1.386294, 0.693147, 0.801819], within: 2e-6))
  }

  @Test func committeeMeasuresByHand() throws {
    // Item 0: both members unsure alike. Item 1: each is sure of another class. Item 2: both sure of the same.
    let opposed = committee([[[0.5, 0.5], [1, 0], [1, 0]], [[0.5, 0.5], [0, 1], [1, 0]]])
    let log2 = Float(log(2.0))
    #expect(isClose(try utilities(ConsensusEntropy(), opposed), [log2, log2, 0], within: 1e-6))
    #expect(isClose(try utilities(BALD(), opposed), [0, log2, 0], within: 1e-6))
    #expect(isClose(try utilities(Margin(), opposed), [1, 1, 0], within: 1e-6))
    #expect(isClose(try utilities(LeastConfidence(), opposed), [0.5, 0.5, 0], within: 1e-6))
  }

  @Test func randomUtilitiesAreUniform() throws {
    let scores = try utilities(RandomSampling(), randomPredictions(members: 1, items: 20_000, classes: 2, seed: 1))
    let mean = scores.reduce(0, +) / 20_000
    #expect(scores.allSatisfy { (0..<1).contains($0) })
    // Five standard errors of the mean of 20,000 uniform draws.
    #expect((mean - 0.5).magnitude < 5 * 0.2887 / Float(20_000).squareRoot())
    #expect(scores.filter { $0 < 0.1 }.count > 1_700 && scores.filter { $0 < 0.1 }.count < 2_300)
  }

  @Test func twoClassesRankAlike() throws {
    // Distinct distances from one half, so that rounding makes no ties.
    let pairs = (1..<40).map { index -> [Float] in
      let p = Float(index) / 90
      return index.isMultiple(of: 2) ? [p, 1 - p] : [1 - p, p]
    }
    let order = descendingOrder(try utilities(Margin(), predictions(pairs)))
    #expect(order == descendingOrder(try utilities(LeastConfidence(), predictions(pairs))))
    #expect(order == descendingOrder(try utilities(PredictiveEntropy(), predictions(pairs))))
    #expect(order == Array((0..<39).reversed()))
  }

  @Test func meanDivergenceFromTheMeanIsBALD() throws {
    let predictions = randomPredictions(members: 7, items: 200, classes: 6, seed: 12)
    let expected = (0..<200).map { item in
      Float(ReferenceUtilities.meanDivergenceFromMean(ReferenceUtilities.rows(of: item, in: predictions)))
    }
    #expect(isClose(try utilities(BALD(), predictions), expected, within: 3e-6))
  }

  @Test func agreeingMembersShareNoInformation() throws {
    let once = randomPredictions(members: 1, items: 64, classes: 5, seed: 2)
    let thrice = CommitteePredictions(
      members: 3, items: 64, classes: 5, values: once.values + once.values + once.values)
    let scores = try utilities(BALD(), thrice)
    #expect(scores.allSatisfy { $0 >= 0 && $0 < 1e-6 })
  }

  @Test func singlePassFallsBackToMargin() throws {
    let single = randomPredictions(members: 1, items: 30, classes: 4, seed: 6)
    let scores = try utilities(BALD(), single)
    #expect(scores == (try utilities(Margin(), single)))
    var generator = SeededGenerator(seed: 1)
    let pool = ScoredPool(rows: Array(0..<30), utilities: scores, members: 1, classes: 4)
    let selection = try BALD().select(5, from: pool, using: &generator)
    #expect(selection.strategyUsed == "margin")
    #expect(try #require(selection.reason).contains("one"))
    var committee = pool
    committee.members = 20
    #expect(try BALD().select(5, from: committee, using: &generator).strategyUsed == "bald")
  }
}
