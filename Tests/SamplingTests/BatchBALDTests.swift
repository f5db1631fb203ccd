import Tensors
import Testing

@testable import Sampling

/// Joint mutual information: against all labellings one by one, and what it is for.
@Suite struct BatchBALDTests {
  private func pool(_ predictions: CommitteePredictions) throws -> ScoredPool {
    var generator = SeededGenerator(seed: 1)
    return ScoredPool(
      rows: Array(0..<predictions.items), utilities: try BALD().utilities(of: predictions, using: &generator),
      members: predictions.members, classes: predictions.classes,
      model: WrittenModel(predictions: predictions, representations: Matrix(rows: predictions.items, columns: 1)))
  }

  @Test func gainsAreDifferencesOfJointInformation() {
    let predictions = randomPredictions(members: 4, items: 30, classes: 3, seed: 3)
    var information = ConditionalInformation(predictions: predictions, limit: 1000)
    var generator = SeededGenerator(seed: 1)
    var chosen: [Int] = []
    for next in [4, 9, 17, 2] {
      let before = ReferenceUtilities.jointInformation(of: chosen, in: predictions)
      let expected = (0..<30).map {
        Float(ReferenceUtilities.jointInformation(of: chosen + [$0], in: predictions) - before)
      }
      #expect(isClose(information.gains(), expected, within: 5e-6))
      information.add(next, using: &generator)
      chosen.append(next)
    }
    #expect(!information.isSampled)
  }

  @Test func sampledLabellingsComeNearAllOfThem() {
    let predictions = randomPredictions(members: 5, items: 20, classes: 4, seed: 6)
    var generator = SeededGenerator(seed: 1)
    var exact = ConditionalInformation(predictions: predictions, limit: 100_000)
    var sampled = ConditionalInformation(predictions: predictions, limit: 8000)
    for item in 0..<8 {
      exact.add(item, using: &generator)
      sampled.add(item, using: &generator)
    }
    #expect(sampled.isSampled && !exact.isSampled)
    #expect(isClose(sampled.gains(), exact.gains(), within: 0.015))
  }

  @Test func theGreedyBatchIsThatOfAllLabellings() throws {
    let predictions = randomPredictions(members: 6, items: 15, classes: 3, seed: 8)
    var expected: [Int] = []
    for _ in 0..<4 {
      let joint = (0..<15).map { item in
        expected.contains(item)
          ? -1 : ReferenceUtilities.jointInformation(of: expected + [item], in: predictions)
      }
      expected.append(joint.indices.max { joint[$0] < joint[$1] } ?? 0)
    }
    var generator = SeededGenerator(seed: 1)
    let chosen = try BatchBALD().select(4, from: pool(predictions), using: &generator).chosen
    #expect(chosen.map(\.row) == expected)
  }

  @Test func copiesAreNotAskedTwice() throws {
    // Four copies of each of five disputed items, the disputes unrelated: every two members agree about some of them.
    let votes = [
      [0, 0, 0, 1, 1], [0, 0, 1, 0, 1], [0, 1, 0, 0, 1], [1, 0, 0, 0, 0], [1, 1, 1, 1, 0], [0, 1, 1, 0, 0],
    ]
    let strength: [Float] = [0.9, 0.85, 0.8, 0.75, 0.7]
    let members = votes.map { votes in
      (0..<20).map { item -> [Float] in
        let sure = strength[item / 4]
        return votes[item / 4] == 0 ? [sure, 1 - sure] : [1 - sure, sure]
      }
    }
    let pool = try pool(committee(members))
    var generator = SeededGenerator(seed: 1)
    let plain = try BALD().select(3, from: pool, using: &generator).chosen
    #expect(Set(plain.map { $0.row / 4 }).count == 1)
    let joint = try BatchBALD().select(3, from: pool, using: &generator)
    #expect(Set(joint.chosen.map { $0.row / 4 }).count == 3)
    #expect(joint.strategyUsed == "batch_bald")
  }

  @Test func whatAllMembersKnowAddsNothing() {
    let predictions = committee([[[1, 0], [0.5, 0.5]], [[0, 1], [0.5, 0.5]]])
    var information = ConditionalInformation(predictions: predictions, limit: 64)
    var generator = SeededGenerator(seed: 1)
    #expect(isClose(information.gains(), [0.693147, 0], within: 1e-5))
    information.add(0, using: &generator)
    // One answer has shown which member is right: there is nothing left to tell.
    #expect(isClose(information.gains(), [0, 0], within: 1e-5))
  }

  @Test func batchesBeyondTheInformationAreFilledUpByUtility() throws {
    // Two members can tell ln 2: the first sure dispute tells it all.
    let first = (0..<12).map { _ in [Float(1), 0] }
    let second = (0..<12).map { [Float($0) / 12, 1 - Float($0) / 12] }
    let pool = try pool(committee([first, second]))
    var generator = SeededGenerator(seed: 1)
    let chosen = try BatchBALD().select(6, from: pool, using: &generator).chosen.map(\.row)
    #expect(Set(chosen) == Set(0..<6) && chosen.first == 0)
  }

  @Test func withoutAModelTheHighestUtilitiesAreTaken() throws {
    var pool = try pool(randomPredictions(members: 3, items: 40, classes: 3, seed: 2))
    pool.model = nil
    var generator = SeededGenerator(seed: 1)
    let selection = try BatchBALD().select(5, from: pool, using: &generator)
    #expect(selection.strategyUsed == "bald" && selection.reason != nil)
    #expect(selection.chosen.map(\.row) == Array(descendingOrder(pool.utilities).prefix(5)))
  }

  @Test func powersDrawByUtility() throws {
    // One of two items, utilities 3 to 1: three of four draws with power 1, nine of ten with power 2, half with power 0.
    for (power, share) in [(1.0, 0.75), (2.0, 0.9), (0.0, 0.5)] {
      let pool = ScoredPool(rows: [5, 8, 11], utilities: [0.3, 0.1, 0], members: 2, classes: 2)
      let draws = try (0..<4000).map { seed in
        var generator = SeededGenerator(seed: UInt64(seed))
        return try PowerBALD(power: power).select(1, from: pool, using: &generator).chosen[0].row
      }
      #expect((Double(draws.filter { $0 == 5 }.count) / 4000 - share).magnitude < 0.035)
      #expect(!draws.contains(11))
    }
  }
}
