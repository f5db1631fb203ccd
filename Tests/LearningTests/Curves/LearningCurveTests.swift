import Learning
import Testing

@Suite struct LearningCurveTests {
  static func curve(_ points: [(Int, Double)]) throws -> LearningCurve {
    try LearningCurve(points.map { .init(labels: $0.0, value: $0.1) })
  }

  @Test("Areas are mean heights by trapezoids, over all or part of the curve")
  func areas() throws {
    let curve = try Self.curve([(20, 0.5), (40, 0.7), (30, 0.6), (80, 0.9)])
    #expect(curve.points.map(\.labels) == [20, 30, 40, 80])
    // 10 * 0.55 + 10 * 0.65 + 40 * 0.8 = 44, over 60.
    #expect(abs(try #require(curve.areaUnderCurve()) - 44 / 60) < 1e-12)
    // From 25 (0.55) to 60 (0.8): 5 * 0.575 + 10 * 0.65 + 20 * 0.75 = 24.375, over 35.
    #expect(abs(try #require(curve.areaUnderCurve(over: 25...60)) - 24.375 / 35) < 1e-12)
    #expect(curve.areaUnderCurve(over: 10...60) == nil)
    #expect(curve.areaUnderCurve(over: 30...30) == nil)
    #expect(try Self.curve([]).areaUnderCurve() == nil)
    #expect(try Self.curve([(5, 1)]).areaUnderCurve() == nil)
  }

  @Test("Values are interpolated within what was measured and unknown beyond; repeated counts are averaged")
  func values() throws {
    let curve = try Self.curve([(10, 0.2), (20, 0.4), (20, 0.6)])
    #expect(curve.points.map(\.value) == [0.2, 0.5])
    #expect(abs(try #require(curve.value(at: 15)) - 0.35) < 1e-12)
    #expect(curve.value(at: 10) == 0.2 && curve.value(at: 20) == 0.5)
    #expect(curve.value(at: 9) == nil && curve.value(at: 21) == nil)
    #expect(throws: CurveError.notFinite(index: 1)) { try Self.curve([(1, 0), (2, .nan)]) }
  }

  @Test("Labels to reach an accuracy are those of the first measurement that has it")
  func reaching() throws {
    let curve = try Self.curve([(20, 0.5), (30, 0.9), (40, 0.85), (50, 0.95)])
    #expect(curve.labelsToReach(0.9) == 30)
    #expect(curve.labelsToReach(0.91) == 50)
    #expect(curve.labelsToReach(0.96) == nil)
    #expect(abs(try #require(curve.interpolatedLabelsToReach(0.7)) - 25) < 1e-9)
    #expect(curve.interpolatedLabelsToReach(0.4) == 20)
    #expect(curve.interpolatedLabelsToReach(0.99) == nil)
  }

  @Test("A median over seeds counts never as more than any number")
  func medians() {
    #expect(medianLabels([90, nil, 100]) == 100)
    #expect(medianLabels([90, 100, 120, nil]) == 110)
    #expect(medianLabels([90, 100, nil, nil]) == nil)
    #expect(medianLabels([nil]) == nil)
    #expect(medianLabels([]) == nil)
  }
}
