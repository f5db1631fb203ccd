import Foundation
import Learning
import Tensors
import Testing

@Suite struct BaselineComparisonTests {
  /// A curve of shares of `count` items that were right.
  static func points(_ values: [(Int, Double)], of count: Int = 400) -> [MeasuredPoint] {
    values.map { labels, value in
      let hits = Int((value * Double(count)).rounded())
      return measuredPoint(labels: labels, scores: (0..<count).map { $0 < hits ? 1 : 0 })
    }
  }

  static func baseline(_ values: [(Int, Double)], of count: Int = 400) throws -> RandomBaselineCurve {
    struct Stored: Encodable { let points: [MeasuredPoint], labels: Int, trainings: Int }
    let stored = Stored(points: points(values, of: count), labels: 100, trainings: 5)
    return try JSONDecoder().decode(RandomBaselineCurve.self, from: JSONEncoder().encode(stored))
  }

  static let random: [(Int, Double)] = [(10, 0.5), (20, 0.62), (40, 0.71), (80, 0.78)]

  @Test("A clear lead is called one, with the labels that random labelling would need")
  func ahead() throws {
    let result = compare(active: Self.points([(20, 0.7), (60, 0.9)]), with: try Self.baseline(Self.random))
    #expect(result.verdict == .ahead && result.rows.map(\.labels) == [20, 60])
    #expect(abs(result.rows[1].random.value - 0.745) < 1e-9 && !result.rows[1].isExtrapolated)
    #expect(result.sentence.hasPrefix("Active learning is ahead: 60 labels reached 90.0 %"))
    if let same = result.randomLabelsForSame { #expect(same > 80 && same <= 160) }
  }

  @Test("A tie and a loss are both called not ahead, plainly")
  func notAhead() throws {
    let tie = compare(active: Self.points([(40, 0.715)]), with: try Self.baseline(Self.random))
    #expect(tie.verdict == .notAhead && tie.sentence.hasPrefix("Active learning is not ahead:"))
    let loss = compare(active: Self.points([(40, 0.55)]), with: try Self.baseline(Self.random))
    #expect(loss.verdict == .behind && loss.sentence.hasPrefix("Active learning is not ahead:"))
    #expect(loss.rows[0].interval.upper < 0 && loss.randomLabelsForSame == 14)
  }

  @Test("Beyond what was measured the power law stands in, and the sentence says so")
  func extrapolated() throws {
    let result = compare(active: Self.points([(160, 0.95)]), with: try Self.baseline(Self.random))
    #expect(result.rows[0].isExtrapolated)
    #expect(result.rows[0].random.value > 0.78 && result.rows[0].random.value < 0.9)
    #expect(result.sentence.contains("measured up to 80 labels"))
    // Far beyond nothing is claimed: the comparison is the last one within reach, and the sentence says of how many labels.
    let far = compare(active: Self.points([(60, 0.9), (161, 0.95)]), with: try Self.baseline(Self.random))
    #expect(far.rows.map(\.labels) == [60] && far.sentence.contains("Of the 161 labels of now nothing can be said"))
    let only = compare(active: Self.points([(161, 0.95)]), with: try Self.baseline(Self.random))
    #expect(only.verdict == .unknown && only.rows.isEmpty && only.sentence.contains("10 to 80 labels"))
    // Two points have no power law, so that there is nothing to compare with there.
    let short = compare(active: Self.points([(160, 0.95)]), with: try Self.baseline(Array(Self.random[..<2])))
    #expect(short.verdict == .unknown && short.rows.isEmpty)
  }

  @Test("Without a baseline or a common number of labels the answer is that it is not known")
  func unknown() throws {
    #expect(compare(active: Self.points([(40, 0.9)]), with: nil).verdict == .unknown)
    let early = compare(active: Self.points([(5, 0.9)]), with: try Self.baseline(Self.random))
    #expect(early.verdict == .unknown && early.sentence.contains("cannot be told yet"))
    #expect(compare(active: [], with: try Self.baseline(Self.random)).verdict == .unknown)
  }

  @Test("Two figures of the same share are told apart about as rarely as the interval says")
  func coverage() throws {
    var generator = SeededGenerator(seed: 5)
    var apart = 0
    for _ in 0..<300 {
      func share() -> Double { Double((0..<100).count { _ in generator.uniform() < 0.8 }) / 100 }
      let result = compare(
        active: Self.points([(40, share())], of: 100), with: try Self.baseline([(40, share())], of: 100))
      if result.verdict != .notAhead { apart += 1 }
    }
    #expect((3...30).contains(apart))
  }
}
