import Sampling
import Tensors
import Testing

/// When the default changes from typical items to uncertain ones.
@Suite struct AutoPolicyTests {
  @Test func typicalUntilTwentyLabels() {
    #expect(AutoPolicy.resolve(labelCounts: [0, 0, 0]).name == "typiclust")
    #expect(AutoPolicy.resolve(labelCounts: [10, 9, 0]).name == "typiclust")
    #expect(AutoPolicy.resolve(labelCounts: [10, 10, 0]).name == "margin_diverse")
  }

  @Test func typicalUntilTwoLabelsPerClassOnAverage() {
    let counts = [Int](repeating: 1, count: 15)
    #expect(AutoPolicy.resolve(labelCounts: counts.map { $0 * 2 }).name == "margin_diverse")
    #expect(AutoPolicy.resolve(labelCounts: [15] + counts.dropFirst()).name == "typiclust")
    #expect(AutoPolicy.resolve(labelCounts: [14, 2] + counts.dropFirst(2)).name == "typiclust")
    #expect(AutoPolicy.resolve(labelCounts: [15, 2] + counts.dropFirst(2)).name == "margin_diverse")
  }

  @Test func typicalUntilTwoClassesHaveTwoLabels() {
    #expect(AutoPolicy.resolve(labelCounts: [40, 0]).name == "typiclust")
    #expect(AutoPolicy.resolve(labelCounts: [39, 1]).name == "typiclust")
    #expect(AutoPolicy.resolve(labelCounts: [38, 2]).name == "margin_diverse")
  }

  @Test func withoutModelOrFeatures() {
    #expect(AutoPolicy.resolve(labelCounts: [20, 20], hasModel: false).name == "typiclust")
    #expect(AutoPolicy.resolve(labelCounts: [1, 1], hasFeatures: false).name == "random")
    #expect(AutoPolicy.resolve(labelCounts: [20, 20], hasFeatures: false).name == "margin")
    #expect(AutoPolicy.resolve(labelCounts: [20, 20], hasModel: false, hasFeatures: false).name == "random")
  }

  @Test func disputedItemsWhileMuchCannotBeLearnt() {
    func name(_ share: Double, hasFeatures: Bool = true, hasCommittee: Bool = true, labels: Int = 20) -> String {
      AutoPolicy.resolve(
        labelCounts: [labels, labels], hasFeatures: hasFeatures, hasCommittee: hasCommittee,
        estimatedUnlearnable: share
      ).name
    }
    #expect(name(0.15) == "margin_diverse")
    #expect(name(0.16) == "bald_diverse")
    #expect(name(0.16, hasFeatures: false) == "bald")
    #expect(name(0.16, hasCommittee: false) == "margin_diverse")
    #expect(name(0.9, labels: 5) == "typiclust")
  }

  @Test func candidatesAreScoredAgainWhereItTurnsToDispute() throws {
    // Of the first ten rows all members are unsure alike; about the next ten they disagree.
    let unsure: [Float] = [0.5, 0.5]
    let rest = [[Float]](repeating: [0.95, 0.05], count: 100)
    let first = [[Float]](repeating: unsure, count: 10) + [[Float]](repeating: [0.8, 0.2], count: 10) + rest
    let second = [[Float]](repeating: unsure, count: 10) + [[Float]](repeating: [0.3, 0.7], count: 10) + rest
    let predictions = committee([first, second])
    let features = scatteredPoints(rows: 120, columns: 6, seed: 2)
    var generator = SeededGenerator(seed: 1)
    var pool = ScoredPool(
      rows: Array(0..<80), utilities: Array(try Auto().utilities(of: predictions, using: &generator)[..<80]),
      members: 2,
      features: features.view, labelledRows: Array(80..<120), labelledClasses: (0..<40).map { $0 % 2 }, classes: 2,
      model: WrittenModel(predictions: predictions, representations: features))
    #expect(try Auto().select(1, from: pool, using: &generator).chosen.allSatisfy { $0.row < 10 })
    pool.estimatedOutlierShare = 0.3
    let disputed = try Auto().select(1, from: pool, using: &generator)
    #expect(disputed.strategyUsed == "bald_diverse" && disputed.chosen.allSatisfy { (10..<20).contains($0.row) })
    #expect(try #require(disputed.reason).contains("30 %"))
    pool.model = nil
    #expect(try Auto().select(1, from: pool, using: &generator).strategyUsed == "margin_diverse")
  }

  @Test func countsClassesOfLabels() {
    let labels = [Int](repeating: 0, count: 18) + [1, 1]
    #expect(AutoPolicy.resolve(labels: labels, classes: 3) == AutoPolicy.resolve(labelCounts: [18, 2, 0]))
    #expect(AutoPolicy.resolve(labels: labels + [7, -1], classes: 3) == AutoPolicy.resolve(labelCounts: [18, 2, 0]))
  }

  @Test func selectionNamesWhatItResolvedTo() throws {
    let features = scatteredPoints(rows: 120, columns: 6, seed: 2)
    var pool = ScoredPool(
      rows: Array(0..<80), utilities: (0..<80).map { Float($0) / 80 }, features: features.view,
      labelledRows: Array(80..<99), labelledClasses: (0..<19).map { $0 % 2 }, classes: 2)
    var generator = SeededGenerator(seed: 1)
    let early = try Auto().select(5, from: pool, using: &generator)
    #expect(early.strategyUsed == "typiclust")
    #expect(try #require(early.reason).contains("19 of 20"))
    pool.labelledRows.append(99)
    pool.labelledClasses.append(0)
    let late = try Auto().select(5, from: pool, using: &generator)
    #expect(late.strategyUsed == "margin_diverse")
    #expect(try #require(late.reason).contains("20 labels"))
  }
}
