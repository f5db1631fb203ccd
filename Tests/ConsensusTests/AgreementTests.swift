import Consensus
import Testing

@Suite struct AgreementTests {
  /// The published example of Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C.
  private static let observers: [[Int?]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nil, nil, nil], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nil, 3],
    [nil, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nil], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nil],
  ]

  private func example() throws -> Opinions {
    try Opinions(
      Self.observers.enumerated().flatMap { annotator, row in
        row.enumerated().compactMap { item, value in
          value.map { .init(item: item, annotator: annotator, label: $0 - 1) }
        }
      }, items: 12, annotators: 4, classes: 5)
  }

  @Test func alphasAreAsPublished() throws {
    let opinions = try example()
    #expect(abs((krippendorffAlpha(opinions) ?? 0) - 0.743) < 0.0005)
    #expect(abs((krippendorffAlpha(opinions, level: .ordinal) ?? 0) - 0.815) < 0.0005)
    #expect(abs((krippendorffAlpha(opinions, level: .interval()) ?? 0) - 0.849) < 0.0005)
  }

  @Test func alphaKnowsTheValuesThatLabelsStandFor() throws {
    let opinions = try example()
    let plain = try #require(krippendorffAlpha(opinions, level: .interval()))
    let stretched = try #require(krippendorffAlpha(opinions, level: .interval([10, 20, 30, 40, 50])))
    let bent = try #require(krippendorffAlpha(opinions, level: .interval([0, 1, 4, 9, 100])))
    #expect(abs(plain - stretched) < 1e-12 && abs(plain - bent) > 1e-3)
  }

  @Test func agreementHasItsEnds() throws {
    func table(_ rows: [[Int]], classes: Int = 2) throws -> Opinions {
      try Opinions(
        rows.enumerated().flatMap { item, row in
          row.enumerated().map { .init(item: item, annotator: $0.offset, label: $0.element) }
        }, items: rows.count, annotators: 2, classes: classes)
    }
    let perfect = try table([[0, 0], [1, 1], [0, 0]])
    #expect(krippendorffAlpha(perfect) == 1 && fleissKappa(perfect)?.value == 1)
    #expect(pairwiseCohenKappa(perfect).first?.kappa == 1 && pairwiseCohenKappa(perfect).first?.agreement == 1)
    // Always the opposite is worse than chance.
    let opposite = try table([[0, 1], [1, 0], [0, 1], [1, 0]])
    #expect((krippendorffAlpha(opposite) ?? 0) < 0 && fleissKappa(opposite)?.value == -1)
    // Nothing to tell apart, or nobody to compare with: not defined, and not a number that looks like agreement.
    let single = try table([[1, 1], [1, 1]])
    #expect(krippendorffAlpha(single) == nil && fleissKappa(single) == nil)
    #expect(pairwiseCohenKappa(single).first?.kappa == nil && pairwiseCohenKappa(single).first?.items == 2)
    let alone = try table([[0], [1], [1]])
    #expect(krippendorffAlpha(alone) == nil && fleissKappa(alone) == nil && pairwiseCohenKappa(alone).isEmpty)
    #expect(cohenKappa([], [], classes: 2) == nil)
  }

  @Test func fleissTakesTheItemsOfOneNumberOfOpinions() throws {
    var opinions = try Fixtures.random(items: 30, annotators: 3, classes: 3, coverage: 1, seed: 6).opinions
    let alone = try #require(fleissKappa(try Opinions(opinions, items: 30, annotators: 3, classes: 3)))
    opinions += (30..<40).flatMap { item in (0..<2).map { .init(item: item, annotator: $0, label: 0) } }
    let mixed = try Opinions(opinions, items: 40, annotators: 3, classes: 3)
    #expect(fleissKappa(mixed) == alone && alone.items == 30 && alone.raters == 3)
    #expect(fleissKappa(mixed, raters: 2)?.items == nil || fleissKappa(mixed, raters: 2)?.raters == 2)
    #expect(fleissKappa(mixed, raters: 7) == nil)
  }

  @Test func setsThatOverlapDifferLess() {
    #expect(SetDistance.masi([0, 1], [0, 1]) == 0 && SetDistance.masi([], []) == 0)
    #expect(SetDistance.masi([0], [1]) == 1 && SetDistance.masi([], [1]) == 1)
    #expect(abs(SetDistance.masi([0], [0, 1]) - (1 - 0.5 * 2 / 3)) < 1e-12)
    #expect(abs(SetDistance.masi([0, 1], [1, 2]) - (1 - 1.0 / 9)) < 1e-12)
    #expect(abs(SetDistance.jaccard([0, 1], [1, 2]) - 2.0 / 3) < 1e-12)
  }

  /// α by its definition: all pairs within items against all pairs.
  private func plainAlpha(_ table: SetOpinions, _ distance: SetDistance) -> Double {
    let counted = Dictionary(grouping: table.opinions, by: \.item).values.filter { $0.count >= 2 }
    var observed = 0.0
    for opinions in counted {
      var sum = 0.0
      for one in opinions.indices {
        for other in opinions.indices where one != other {
          sum += distance(opinions[one].labels, opinions[other].labels)
        }
      }
      observed += sum / Double(opinions.count - 1)
    }
    let all = counted.flatMap { $0 }
    var expected = 0.0
    for one in all.indices {
      for other in all.indices where one != other { expected += distance(all[one].labels, all[other].labels) }
    }
    return 1 - (observed / Double(all.count)) / (expected / Double(all.count * (all.count - 1)))
  }

  @Test(arguments: SetDistance.allCases) func alphaOfSetsIsAsDefined(distance: SetDistance) throws {
    var generator = SplitMix(state: 4)
    var opinions: [SetOpinions.Opinion] = []
    for item in 0..<40 {
      for annotator in 0..<4 where generator.uniform() < 0.7 {
        opinions.append(
          .init(
            item: item, annotator: annotator,
            labels: (0..<5).filter { ($0 + item) % 3 == 0 ? generator.uniform() < 0.8 : generator.uniform() < 0.1 }))
      }
    }
    let table = try SetOpinions(opinions, items: 40, annotators: 4, labels: 5)
    let alpha = try #require(krippendorffAlpha(table, distance: distance))
    #expect(abs(alpha - plainAlpha(table, distance)) < 1e-9)
    let perLabel = krippendorffAlphaPerLabel(table)
    #expect(perLabel.count == 5 && perLabel.allSatisfy { ($0 ?? 0) > 0.2 })
    // Sets of exactly one label are nominal labels, whatever the distance.
    let single = try Fixtures.random(items: 40, annotators: 4, classes: 4, seed: 9)
    let sets = try SetOpinions(
      single.opinions.map { .init(item: $0.item, annotator: $0.annotator, labels: [$0.label]) }, items: 40,
      annotators: 4, labels: 4)
    #expect(
      abs((krippendorffAlpha(sets, distance: distance) ?? 0) - (krippendorffAlpha(single) ?? 1)) < 1e-12)
  }
}
