import Domain
import Testing

/// A round goes only where its state machine lets it.
@Suite struct RoundTransitionTests {
  private func round(_ state: RoundState) -> Round {
    Round(
      number: 3, state: state, trigger: "labels", seed: 1, report: "{}", strategyUsed: nil, reason: nil, artifact: nil,
      error: nil, createdAt: Timestamp(milliseconds: 0), startedAt: nil, finishedAt: nil, attempts: 1)
  }

  @Test func goesTheWholeWay() throws {
    var round = round(.queued)
    for state in [RoundState.training, .scoring, .selecting, .serving, .superseded] {
      try round.become(state)
      #expect(round.state == state)
    }
  }

  @Test func whatIsNotAllowedChangesNothing() {
    for from in RoundState.allCases {
      for to in RoundState.allCases where !from.canBecome(to) {
        var round = round(from)
        #expect(throws: RoundTransitionError(round: 3, from: from, to: to)) { try round.become(to) }
        #expect(round.state == from)
      }
    }
  }
}
