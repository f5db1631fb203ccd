import Domain
import Testing

@Suite struct RoundStateTests {
  @Test func goesForwardStepByStep() {
    let path: [RoundState] = [.queued, .training, .scoring, .selecting, .serving, .superseded]
    for (state, next) in zip(path, path.dropFirst()) { #expect(state.canBecome(next)) }
    for (index, state) in path.enumerated() {
      for later in path.dropFirst(index + 2) { #expect(!state.canBecome(later), "\(state) to \(later)") }
    }
  }

  @Test(arguments: RoundState.allCases) func onlyPendingRoundsEndEarlyOrStartAgain(state: RoundState) {
    for end in [RoundState.queued, .failed, .cancelled] { #expect(state.canBecome(end) == state.isPending) }
  }

  @Test func endsAreFinal() {
    for end in [RoundState.superseded, .failed, .cancelled] {
      for next in RoundState.allCases { #expect(!end.canBecome(next)) }
    }
  }

  @Test func whatHasWorkToDoIsPending() {
    #expect(RoundState.allCases.filter(\.isPending) == [.queued, .training, .scoring, .selecting])
  }
}
