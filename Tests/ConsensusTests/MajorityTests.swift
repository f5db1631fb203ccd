import Consensus
import Testing

@Suite struct MajorityTests {
  private func table(_ votes: [[Int?]], classes: Int = 3) throws -> Opinions {
    try Opinions(
      votes.enumerated().flatMap { item, row in
        row.enumerated().compactMap { annotator, label in
          label.map { .init(item: item, annotator: annotator, label: $0) }
        }
      }, items: votes.count, annotators: votes.map(\.count).max() ?? 0, classes: classes)
  }

  @Test func mostVotesWinAndSharesAreProbabilities() throws {
    let settled = majority(try table([[0, 0, 1], [2, nil, 2], [nil, nil, 1]]))
    #expect(settled.labels == [0, 2, 1])
    #expect(abs(settled.probabilities[0, 0] - 2.0 / 3) < 1e-12)
    #expect(settled.probability(of: 1) == 1)
  }

  @Test func tiedLabelsAreNamedAndShareTheCredit() throws {
    let settled = majority(try table([[0, 1, nil], [2, 1, 0], [1, 1, 2]]))
    #expect(settled.probabilities.modes(of: 0) == [0, 1])
    #expect(settled.probabilities.modes(of: 1) == [0, 1, 2])
    #expect(settled.labels == [0, 0, 1])
    #expect(abs(settled.sharedAccuracy(against: [0: 1, 1: 2, 2: 1]) - (0.5 + 1.0 / 3 + 1) / 3) < 1e-12)
    #expect(settled.sharedAccuracy(against: [:]) == 0)
  }

  @Test func tiesGoToThoseWhoWeighMore() throws {
    let opinions = try table([[0, 1, nil], [2, 0, 1], [1, 1, 2]])
    #expect(majority(opinions, tieWeights: [0.5, 0.9, 0.7]).labels == [1, 0, 1])
    // Weights never overrule a majority.
    #expect(majority(opinions, tieWeights: [0, 0, 9]).labels == [0, 1, 1])
  }

  @Test func itemsWithoutVotesHaveTheSharesOfAllVotes() throws {
    let settled = majority(try table([[0, 0, 1], [], [0, nil, nil]]))
    #expect(settled.labels == [0, nil, 0] && settled.probability(of: 1) == nil)
    #expect(Array(settled.probabilities[1]) == [0.75, 0.25, 0])
    #expect(Array(majority(try table([[], []])).probabilities[0]) == [1.0 / 3, 1.0 / 3, 1.0 / 3])
  }
}
