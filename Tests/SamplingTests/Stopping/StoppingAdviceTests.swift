import Foundation
import Sampling
import Tensors
import Testing

/// Advice on when to stop, from predictions on unlabelled items alone.
@Suite struct StoppingAdviceTests {
  /// Predictions of 0.94 for each class of a list, out of four.
  private func round(_ number: Int, _ classes: [Int], labels: Int? = nil, rows: [Int]? = nil) throws -> StopSetRound {
    let values = classes.flatMap { chosen in (0..<4).map { $0 == chosen ? Float(0.94) : 0.02 } }
    return try StopSetRound(
      round: number, labels: labels ?? 10 * number, rows: rows ?? Array(classes.indices),
      probabilities: Matrix(rows: classes.count, columns: 4, values: values))
  }

  private let settled = (0..<200).map { $0 % 4 }

  @Test func stablePredictionsOverThreeStepsAdviseToStop() throws {
    let advice = try StoppingAdvice(rounds: (1...4).map { try round($0, settled) })
    #expect(advice.isStopAdvised && advice.agreements == [1, 1, 1])
    #expect(advice.criteria.map(\.name) == ["stabilising_predictions", "classification_change", "overall_uncertainty"])
    #expect(advice.criteria[0].isMet && advice.criteria[1].isMet && !advice.criteria[2].isMet)
    #expect(advice.sentence.hasPrefix("More labels hardly change the model") && advice.sentence.contains("200"))
    // −(0.94 ln 0.94 + 3 · 0.02 ln 0.02) / ln 4
    #expect((try #require(advice.criteria[2].value) - 0.21128).magnitude < 1e-4)
  }

  @Test func predictionsThatStillChangeSayGoOn() throws {
    var moved = settled
    for item in 0..<4 { moved[item] = (moved[item] + 1) % 4 }
    let advice = try StoppingAdvice(rounds: [round(1, settled), round(2, moved), round(3, settled), round(4, moved)])
    #expect(!advice.isStopAdvised && advice.sentence.hasPrefix("Go on"))
    // 196 of 200 agree, by chance a quarter would: (0.98 − 0.25) / 0.75.
    for agreement in advice.agreements { #expect((try #require(agreement) - 0.973333).magnitude < 1e-5) }
    #expect(advice.criteria[1].value == 0.02 && !advice.criteria[1].isMet)
  }

  @Test func oneUnsettledStepAmongThreeCanBeOutweighed() throws {
    var moved = settled
    moved[7] = 0
    // κ is 1, 1 and about 0.9933.
    let advice = try StoppingAdvice(
      rounds: [round(1, settled), round(2, settled), round(3, settled), round(4, moved)])
    #expect(advice.isStopAdvised && !advice.criteria[1].isMet)
  }

  @Test func threeRoundsAreTooEarly() throws {
    for count in 0...3 {
      let advice = try StoppingAdvice(rounds: (0..<count).map { try round($0 + 1, settled) })
      #expect(!advice.isStopAdvised && advice.sentence.hasPrefix("Too early") && advice.criteria[0].value == nil)
    }
  }

  @Test func trainingAgainOnTheSameLabelsIsNoStep() throws {
    let advice = try StoppingAdvice(rounds: (1...8).map { try round($0, settled, labels: 50) })
    #expect(advice.agreements.isEmpty && !advice.isStopAdvised)
  }

  @Test func aModelOfOneClassIsNotStable() throws {
    let advice = try StoppingAdvice(rounds: (1...5).map { try round($0, .init(repeating: 2, count: 200)) })
    #expect(!advice.isStopAdvised && advice.agreements == [nil, nil, nil, nil])
    #expect(advice.sentence.contains("one class"))
  }

  @Test func roundsAreComparedOnTheItemsTheyShare() throws {
    // The stop set loses items from the front as they are labelled.
    let rounds = try (1...4).map { try round($0, Array(settled[(10 * $0)...]), rows: Array(10 * $0..<200)) }
    #expect(StoppingAdvice(rounds: rounds).agreements == [1, 1, 1])
    let few = try (1...4).map { try round($0, Array(settled[..<20])) }
    let advice = StoppingAdvice(rounds: few)
    #expect(!advice.isStopAdvised && advice.sentence.contains("20 items"))
    let apart = try (1...4).map { try round($0, settled, rows: Array(1000 * $0..<1000 * $0 + 200)) }
    #expect(StoppingAdvice(rounds: apart).agreements == [nil, nil, nil])
  }

  @Test func badPredictionsAreRefused() {
    #expect(throws: SamplingError.self) {
      try StopSetRound(
        round: 1, labels: 1, rows: [1, 2], probabilities: Matrix(rows: 1, columns: 2, values: [0.5, 0.5]))
    }
    #expect(throws: SamplingError.self) {
      try StopSetRound(
        round: 1, labels: 1, rows: [1], probabilities: Matrix(rows: 1, columns: 2, values: [.nan, 0.5]))
    }
  }

  @Test func aHistoryIsKeptAsJSON() throws {
    let history = try (1...4).map { try round($0, settled) }
    let read = try JSONDecoder().decode([StopSetRound].self, from: JSONEncoder().encode(history))
    #expect(read == history && StoppingAdvice(rounds: read) == StoppingAdvice(rounds: history))
  }
}
