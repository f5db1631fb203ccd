import Foundation
import Learning
import Tensors
import Testing

@Suite struct RandomBaselineTests {
  static func stream(_ rows: Int, seed: UInt64 = 1) -> LabelledSet {
    var generator = SeededGenerator(seed: seed)
    let all = Fixtures.blobs(rows: 4000, inputs: 12, classes: 4, seed: 77, spread: 3.5)
    return all.subset((0..<rows).map { _ in generator.index(below: 4000) })
  }

  @Test("The curve agrees with what training on random labels reaches on fresh items")
  func agrees() throws {
    let curve = try randomBaselineCurve(Self.stream(200), Fixtures.quick, pool: .shared)
    #expect(curve.points.count == 6 && curve.points.first?.labels == 8 && curve.points.last?.labels == 160)
    #expect(curve.labels == 200 && curve.trainings == 30)
    let test = Fixtures.blobs(rows: 2000, inputs: 12, classes: 4, seed: 78, spread: 3.5)
    for point in curve.points {
      let direct =
        try (0..<6).map { seed in
          try TrainingTests.accuracy(
            train(Self.stream(point.labels, seed: UInt64(50 + seed)), Fixtures.quick), on: test)
        }.reduce(0, +) / 6
      // Twice the half-width: the direct figures have their own noise.
      let reach = point.interval.upper - point.interval.lower
      #expect(abs(point.value - direct) < reach, "\(point.labels) labels: \(point.value) and \(direct)")
    }
    let extended = try #require(curve.extended())
    #expect(extended.value(at: 400).value >= extended.value(at: 160).value)
  }

  @Test("Curves are the same on any number of threads")
  func deterministic() throws {
    let curves = try [nil, ComputePool(threads: 3)].map {
      try randomBaselineCurve(Self.stream(40), Fixtures.quick, sizes: [10, 30], pool: $0)
    }
    #expect(curves[0] == curves[1] && curves[0].points.map(\.labels) == [10, 30])
  }

  @Test("Several labels have a curve of their ranking precision; one class has a flat one")
  func kinds() throws {
    let several = try randomBaselineCurve(
      Fixtures.labelSets(rows: 60, inputs: 6, seed: 1), Fixtures.quick, sizes: [8, 48], pool: .shared)
    #expect(several.points[1].value > several.points[0].value && several.points[1].value <= 1)
    let one = LabelledSet(features: Self.stream(10).features, labels: [Int](repeating: 2, count: 10), classes: 4)
    let flat = try randomBaselineCurve(one, Fixtures.quick)
    #expect(flat.points.allSatisfy { $0.value == 1 } && flat.points.map(\.labels) == [8])
    #expect(flat.extended() == nil)
  }

  @Test("Too few labels and sizes out of range are refused")
  func refused() {
    #expect(throws: LearningError.tooFewLabels(needed: 10, actual: 9)) {
      try randomBaselineCurve(Self.stream(9), Fixtures.quick)
    }
    #expect(throws: LearningError.self) { try randomBaselineCurve(Self.stream(20), Fixtures.quick, sizes: [17]) }
    #expect(throws: LearningError.self) { try randomBaselineCurve(Self.stream(20), Fixtures.quick, folds: 21) }
    #expect(throws: LearningError.cancelled) {
      try randomBaselineCurve(Self.stream(20), Fixtures.quick, isCancelled: { true })
    }
  }
}
