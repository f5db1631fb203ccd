import Foundation
import Learning
import Tensors
import Testing

@Suite struct PowerLawFitTests {
  /// Points of a power law with noise.
  static func points(
    _ a: Double, _ b: Double, _ c: Double, noise: Double = 0, seed: UInt64 = 1, upTo last: Int = 300
  ) throws -> LearningCurve {
    var generator = SeededGenerator(seed: seed)
    return try LearningCurve(
      stride(from: 20, through: last, by: 20).map { labels in
        let value = a - b * pow(Double(labels), -c) + noise * Double(generator.normal())
        return .init(labels: labels, value: min(1, max(0, value)))
      })
  }

  @Test("A power law without noise is found", arguments: [(0.95, 2.0, 0.7), (0.8, 1.0, 0.3), (1.0, 5, 1.1)])
  func exact(a: Double, b: Double, c: Double) throws {
    let fit = try PowerLawFit(Self.points(a, b, c))
    #expect(abs(fit.parameters.asymptote - a) < 1e-3)
    #expect(abs(fit.parameters.exponent - c) < 1e-2)
    let expected = b * (pow(300, -c) - pow(400, -c))
    #expect(abs(fit.expectedGain(from: 300).value - expected) < 1e-4)
    #expect(fit.residual < 1e-4)
    let target = a - b * pow(500, -c)
    #expect(abs(try #require(fit.labelsToReach(target)) - 500) < 10)
    #expect(fit.labelsToReach(a + 0.01) == nil)
  }

  @Test("Intervals hold the truth about as often as they say")
  func coverage() throws {
    let truth = 2.0 * (pow(300, -0.7) - pow(400, -0.7))
    var held = 0
    for seed in 0..<100 {
      let fit = try PowerLawFit(Self.points(0.95, 2, 0.7, noise: 0.01, seed: UInt64(seed)), seed: UInt64(seed))
      let gain = fit.expectedGain(from: 300)
      #expect(gain.value >= 0 && gain.interval.lower >= 0)
      if gain.interval.lower <= truth && truth <= gain.interval.upper { held += 1 }
    }
    #expect(held >= 85)
  }

  @Test("One bad round does not bend the curve")
  func robust() throws {
    let clean = try Self.points(0.95, 2, 0.7, noise: 0.004)
    var points = clean.points
    points[8] = .init(labels: points[8].labels, value: 0.2)
    let fit = try PowerLawFit(LearningCurve(points))
    #expect(abs(fit.value(at: 400).value - (0.95 - 2 * pow(400, -0.7))) < 0.02)
  }

  @Test("Flat, falling and perfect curves have no gain to expect; too little is refused")
  func degenerate() throws {
    for values in [[0.5, 0.5, 0.5, 0.5], [0.9, 0.8, 0.7, 0.6], [1, 1, 1, 1], [0, 0, 0, 0]] {
      let fit = try PowerLawFit(LearningCurve(values.enumerated().map { .init(labels: 10 * $0 + 10, value: $1) }))
      let gain = fit.expectedGain(from: 40)
      #expect(gain.value < 1e-9 && gain.value >= 0)
      #expect(gain.interval.upper <= 1 && fit.value(at: 1000).value <= 1)
    }
    #expect(throws: CurveError.tooFew(needed: 3, actual: 2, of: "points of a learning curve")) {
      try PowerLawFit(LearningCurveTests.curve([(10, 0.5), (20, 0.6)]))
    }
    #expect(throws: CurveError.self) { try PowerLawFit(LearningCurveTests.curve([(0, 0.5), (20, 0.6), (30, 0.6)])) }
    #expect(throws: CurveError.self) { try PowerLawFit(LearningCurveTests.curve([(1, 0.5), (20, 1.6), (30, 0.6)])) }
  }

  @Test(
    "The fit is as good as scipy's bounded least squares", .enabled(if: PythonReference.hasScipy, "Python has no scipy")
  )
  func scipy() throws {
    let curves = try (0..<6).map { seed in
      try Self.points(0.9, 3, 0.8, noise: 0.008, seed: UInt64(40 + seed), upTo: 200 + 100 * seed)
    }
    let script = """
      import numpy as np
      from scipy.optimize import least_squares
      out = []
      for points in x:
          n = np.array([p["labels"] for p in points], float); y = np.array([p["value"] for p in points])
          best = min((least_squares(lambda q: (y - q[0] + q[1] * (n / n[0]) ** -q[2]) * (n / n[-1]) ** 0.5, [0.8, 0.5, c],
                                    bounds=([0, 0, 0.05], [1, np.inf, 3])) for c in (0.1, 0.5, 1, 2)), key=lambda r: r.cost)
          q = best.x
          out.append([2 * float(best.cost), float(q[0] - q[1] * (2 * n[-1] / n[0]) ** -q[2])])
      print(json.dumps(out))
      """
    let expected: [[Double]] = try PythonReference.run(script, curves.map(\.points))
    for (curve, figures) in zip(curves, expected) {
      let last = try #require(curve.points.last).labels
      let fit = try PowerLawFit(curve)
      let squares = curve.points.reduce(0.0) { sum, point in
        let gap = point.value - fit.parameters.value(at: Double(point.labels))
        return sum + gap * gap * Double(point.labels) / Double(last)
      }
      // Huber's weights and the prior give away a little of the fit to these points.
      #expect(squares >= figures[0] * (1 - 1e-6) && squares < 1.3 * figures[0])
      let forecast = fit.value(at: 2 * last).interval
      #expect(forecast.lower <= figures[1] && figures[1] <= forecast.upper)
    }
  }
}
