import Consensus
import Testing

@Suite struct OpinionsTests {
  @Test func aTableSaysWhichOpinionIsWrong() throws {
    let first = Opinions.Opinion(item: 0, annotator: 0, label: 1)
    #expect(throws: ConsensusError.repeated(index: 1)) {
      try Opinions([first, first], items: 1, annotators: 1, classes: 2)
    }
    #expect(throws: ConsensusError.outOfRange(index: 0)) {
      try Opinions([first], items: 1, annotators: 1, classes: 1)
    }
    #expect(try Opinions([first], items: 1, annotators: 1, classes: 2).opinions.count == 1)
  }
}
