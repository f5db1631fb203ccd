import Consensus
import Testing

@Suite struct QualityTests {
  @Test func annotatorsAreComparedWithTheConsensusAndWithEachOther() throws {
    let rows: [(Int, Int, Int)] = [
      (0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 1), (1, 1, 1), (1, 2, 1), (2, 0, 0), (3, 2, 0), (3, 0, 0), (3, 1, 0),
    ]
    let opinions = try Opinions(
      rows.map { .init(item: $0, annotator: $1, label: $2) }, items: 4, annotators: 4, classes: 2)
    let settled = majority(opinions)
    let quality = annotatorQuality(opinions, consensus: settled)
    #expect(quality.map(\.opinions) == [4, 3, 3, 0])
    #expect(quality[0].agreementWithConsensus == 1 && quality[0].agreementWithOthers == 5.0 / 6)
    #expect(quality[2].agreementWithConsensus == 2.0 / 3 && quality[2].agreementWithOthers == 4.0 / 6)
    #expect(quality[3].agreementWithConsensus == nil && quality[3].agreementWithOthers == nil)
    #expect(quality.allSatisfy { $0.reliability == nil })
    let counts = confusionCounts(of: 2, opinions, consensus: settled)
    #expect(abs(counts[0][1] - 2.0 / 3) < 1e-12 && abs(counts[1][1] - 4.0 / 3) < 1e-12)
    #expect(abs(counts.joined().reduce(0, +) - 3) < 1e-12)
  }

  /// Five good annotators on 30 items, two of them on a few more.
  private func crowd(_ extra: [(Int, Int, Int)], items: Int) throws -> Opinions {
    var generator = SplitMix(state: 3)
    var opinions: [Opinions.Opinion] = []
    for item in 0..<30 {
      for annotator in 0..<5 {
        let isRight = generator.uniform() < 0.9
        opinions.append(.init(item: item, annotator: annotator, label: isRight ? item % 3 : (item + 1) % 3))
      }
    }
    return try Opinions(
      opinions + extra.map { .init(item: $0, annotator: $1, label: $2) }, items: items, annotators: 6, classes: 3)
  }

  @Test func oneMoreOpinionPaysMostWhereLeastIsKnown() throws {
    let opinions = try crowd(
      [(30, 0, 0), (30, 1, 0), (31, 0, 0), (31, 1, 1), (32, 0, 2)], items: 34)
    let scores = try ActiveLab.fit(opinions).scores
    // Nothing known, one opinion, two that agree, five that agree.
    #expect(scores[33] < scores[32] && scores[32] < scores[30])
    #expect(scores[31] < scores[32])
    let unanimous = try #require(
      (0..<30).first { item in opinions.opinions.filter { $0.item == item }.allSatisfy { $0.label == item % 3 } })
    #expect(scores[30] < scores[unanimous])
    #expect(scores[33] == 1.0 / 3)
    #expect(scores.allSatisfy { (0...1).contains($0) })
  }

  @Test func aModelThatAgreesRaisesTheScoreAndOneThatDisagreesLowersIt() throws {
    let opinions = try crowd([(30, 0, 0), (31, 0, 0), (32, 0, 0)], items: 35)
    var values: [Double] = []
    for item in 0..<30 { values += (0..<3).map { $0 == item % 3 ? 0.9 : 0.05 } }
    values += [0.9, 0.05, 0.05, 0.05, 0.9, 0.05, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0.98, 0.01, 0.01, 0.4, 0.35, 0.25]
    let lab = try ActiveLab.fit(opinions, model: LabelDistributions(items: 35, classes: 3, values: values))
    #expect(lab.modelWeight > 0)
    #expect(lab.scores[31] < lab.scores[30] && lab.scores[32] < lab.scores[30])
    #expect(lab.consensus.labels[30] == 0 && lab.consensus.labels[31] == 1)
    // Unlabelled items are on the same scale: sure ones may wait longer than a contradicted label.
    #expect(lab.scores[34] < lab.scores[33] && lab.scores[31] < lab.scores[33])
    #expect(lab.quality[33] == nil && lab.consensus.labels[33] == nil && lab.quality[30] != nil)
    #expect(throws: ConsensusError.self) {
      try ActiveLab.fit(opinions, model: LabelDistributions(items: 1, classes: 3, values: [1, 0, 0]))
    }
  }

  @Test func whoIsWorseThanGuessingHardlyCounts() throws {
    let bad = (0..<30).map { ($0, 5, ($0 + 2) % 3) }
    let lab = try ActiveLab.fit(try crowd(bad, items: 30))
    #expect(lab.annotatorWeights[5] < 0.01)
    #expect(lab.annotatorWeights[..<5].allSatisfy { $0 > 0.3 })
    #expect((0..<30).count { lab.consensus.labels[$0] == $0 % 3 } >= 29)
  }

  @Test func whereNobodyCanBeComparedOpinionsStandAsTheyAre() throws {
    let opinions = try Opinions(
      [.init(item: 0, annotator: 0, label: 1), .init(item: 1, annotator: 1, label: 0)], items: 3, annotators: 2,
      classes: 2)
    let lab = try ActiveLab.fit(opinions)
    #expect(lab.consensus.labels == [1, 0, nil] && lab.scores == [0.75, 0.75, 0.5])
    let model = try LabelDistributions(items: 3, classes: 2, values: [0.2, 0.8, 0.3, 0.7, 0.6, 0.4])
    let both = try ActiveLab.fit(opinions, model: model)
    #expect(both.scores[1] < both.scores[0] && both.scores.allSatisfy { $0 < 1 })
  }

  @Test func doubtfulLabelsAreFoundAndSureOnesAreNot() throws {
    var values: [Double] = []
    var labels: [Int?] = []
    for item in 0..<60 {
      values += (0..<3).map { $0 == item % 3 ? 0.8 : 0.1 }
      labels.append(item % 3)
    }
    labels[7] = 2
    labels[20] = nil
    values.replaceSubrange(33..<36, with: [0.02, 0.95, 0.03])
    labels[11] = 0
    let table = try LabelDistributions(items: 60, classes: 3, values: values)
    let suspects = try suspectedLabelErrors(labels, probabilities: table)
    #expect(suspects.map(\.item) == [11, 7] && suspects.map(\.suggested) == [1, 1])
    #expect(suspects.map(\.given) == [0, 2] && abs(suspects[0].quality - 0.02) < 1e-12)
    let margins = try suspectedLabelErrors(labels, probabilities: table, by: .normalisedMargin)
    #expect(margins.map(\.item) == [11, 7] && abs(margins[1].quality - (0.1 - 0.8 + 1) / 2) < 1e-12)
    #expect(throws: ConsensusError.shape(expected: [1, 3], found: [60, 3])) {
      try suspectedLabelErrors([0], probabilities: table)
    }
    labels[0] = 9
    #expect(throws: ConsensusError.outOfRange(index: 0)) { try suspectedLabelErrors(labels, probabilities: table) }
  }

  @Test func opinionsAgainstTheConsensusAreListed() throws {
    let opinions = try crowd([], items: 30)
    let settled = DawidSkene.fit(opinions).consensus
    let against = suspectedLabelErrors(opinions, consensus: settled)
    let expected = opinions.opinions.filter { settled.labels[$0.item] != $0.label }
    #expect(against.count == expected.count && !against.isEmpty)
    #expect(against.map(\.quality) == against.map(\.quality).sorted())
    #expect(against.allSatisfy { $0.given != $0.suggested && $0.annotator != nil })
  }

  @Test func tablesOfProbabilitiesAreChecked() {
    #expect(throws: ConsensusError.shape(expected: [2, 2], found: [3])) {
      try LabelDistributions(items: 2, classes: 2, values: [1, 0, 1])
    }
    for bad in [[0.5, 0.4], [1.5, -0.5], [.nan, 1], [.infinity, 0]] {
      #expect(throws: ConsensusError.notADistribution(row: 1)) {
        try LabelDistributions(items: 2, classes: 2, values: [0.5, 0.5] + bad)
      }
    }
  }

  @Test func setsAreSettledLabelByLabel() throws {
    let rows: [(Int, Int, [Int])] = [
      (0, 0, [0, 2]), (0, 1, [0]), (0, 2, [2, 0]), (1, 0, []), (1, 1, []), (1, 2, [1]), (2, 0, [1]),
    ]
    let table = try SetOpinions(
      rows.map { .init(item: $0, annotator: $1, labels: $2) }, items: 4, annotators: 3, labels: 3)
    let settled = MultiLabelConsensus(table) { majority($0) }
    #expect(settled.labels == [[0, 2], [], [1], nil])
    #expect(abs(settled.probabilities[2] - 2.0 / 3) < 1e-12)
    #expect(abs((settled.confidence[1] ?? 0) - 2.0 / 3) < 1e-12 && settled.confidence[3] == nil)
    let fitted = MultiLabelConsensus(table) { DawidSkene.fit($0).consensus }
    #expect(fitted.labels[0] == [0, 2] && fitted.labels[1] == [])
    #expect(throws: ConsensusError.outOfRange(index: 0)) {
      try SetOpinions([.init(item: 0, annotator: 0, labels: [3])], items: 1, annotators: 1, labels: 3)
    }
    #expect(throws: ConsensusError.repeated(index: 1)) {
      try SetOpinions(
        [.init(item: 0, annotator: 0, labels: []), .init(item: 0, annotator: 0, labels: [1])], items: 1,
        annotators: 1, labels: 3)
    }
  }
}
