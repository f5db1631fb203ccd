import Foundation
import Learning
import Tensors
import Testing

@Suite struct TemperatureScalingTests {
  /// Labels drawn from the softmax of random logits, and probabilities that state these logits times `sharpness`.
  static func sample(rows: Int, classes: Int, sharpness: Float, seed: UInt64 = 5) -> (p: Matrix, labels: [Int]) {
    var generator = SeededGenerator(seed: seed)
    var logits = Matrix(rows: rows, columns: classes)
    for row in 0..<rows { for column in 0..<classes { logits[row, column] = 2 * generator.normal() } }
    var truth = logits
    softmaxRows(&truth)
    let labels = (0..<rows).map { row in
      var left = generator.uniform()
      for column in 0..<classes {
        left -= truth[row, column]
        if left < 0 { return column }
      }
      return classes - 1
    }
    for row in 0..<rows { for column in 0..<classes { logits[row, column] *= sharpness } }
    softmaxRows(&logits)
    return (logits, labels)
  }

  @Test("What logits were multiplied by is found, and calibration improves", arguments: [0.4, 1, 3] as [Float])
  func recovers(sharpness: Float) throws {
    let (p, labels) = Self.sample(rows: 4000, classes: 4, sharpness: sharpness)
    let scaling = try TemperatureScaling.fit(probabilities: p.view, labels: labels)
    #expect(abs(scaling.temperature / Double(sharpness) - 1) < 0.06)
    let scaled = scaling.apply(to: p.view)
    let loss = try #require(negativeLogLikelihood(scaled.view, labels: labels))
    #expect(abs(loss - scaling.lossAfter) < 1e-4 && scaling.lossAfter <= scaling.lossBefore)
    #expect(try #require(expectedCalibrationError(scaled.view, labels: labels)) < 0.03)
    if sharpness != 1 { #expect(try #require(expectedCalibrationError(p.view, labels: labels)) > 0.08) }
    #expect(
      ConfusionMatrix(probabilities: scaled.view, labels: labels)
        == ConfusionMatrix(probabilities: p.view, labels: labels))
  }

  @Test("Labels that are independent of each other are scaled too")
  func multiLabel() throws {
    var generator = SeededGenerator(seed: 2)
    var (p, y) = (Matrix(rows: 2000, columns: 3), Matrix(rows: 2000, columns: 3))
    for row in 0..<2000 {
      for column in 0..<3 {
        let logit = 2 * generator.normal()
        y[row, column] = generator.uniform() < 1 / (1 + exp(-logit)) ? 1 : 0
        p[row, column] = 1 / (1 + exp(-2.5 * logit))
      }
    }
    let scaling = try TemperatureScaling.fit(probabilities: p.view, labels: y.view)
    #expect(abs(scaling.temperature - 2.5) < 0.15)
    let before = try #require(MultiLabelMetrics(probabilities: p.view, labels: y.view))
    let after = try #require(
      MultiLabelMetrics(probabilities: scaling.apply(to: p.view, kind: .sigmoid).view, labels: y.view))
    #expect(abs(after.negativeLogLikelihood - scaling.lossAfter) < 1e-4)
    #expect(after.expectedCalibrationError < before.expectedCalibrationError / 2)
    #expect(after.microF1 == before.microF1)
  }

  @Test("All right, all wrong and sure of it stay within bounds; bad input says where")
  func extremes() throws {
    let sure = Matrix(rows: 2, columns: 2, values: [1, 0, 0, 1])
    let right = try TemperatureScaling.fit(probabilities: sure.view, labels: [0, 1])
    #expect(TemperatureScaling.bounds.contains(right.temperature) && right.lossAfter < 1e-9)
    let wrong = try TemperatureScaling.fit(probabilities: sure.view, labels: [1, 0])
    #expect(abs(wrong.temperature - TemperatureScaling.bounds.upperBound) < 1e-6)
    #expect(wrong.lossAfter < wrong.lossBefore && wrong.lossAfter.isFinite)
    let flat = try TemperatureScaling.fit(probabilities: Matrix(rows: 1, columns: 2, repeating: 0.5).view, labels: [0])
    #expect(flat.temperature.isFinite && flat.lossAfter == flat.lossBefore)
    #expect(throws: LearningError.noLabels) {
      try TemperatureScaling.fit(probabilities: Matrix(rows: 0, columns: 2).view, labels: [])
    }
    #expect(throws: LearningError.countMismatch(features: 2, labels: 1)) {
      try TemperatureScaling.fit(probabilities: sure.view, labels: [1])
    }
    #expect(throws: LearningError.labelOutOfRange(row: 1, label: 2, classes: 2)) {
      try TemperatureScaling.fit(probabilities: sure.view, labels: [0, 2])
    }
    #expect(throws: LearningError.notFiniteInput(row: 1, column: 0)) {
      try TemperatureScaling.fit(
        probabilities: Matrix(rows: 2, columns: 2, values: [1, 0, .nan, 1]).view, labels: [0, 1])
    }
  }

  @Test("One annotator's labels are not calibrated on before there are 50")
  func policy() {
    #expect(calibrationDecision(labels: 50, annotators: 1) == .fit)
    #expect(calibrationDecision(labels: 49, annotators: 1) != .fit)
    #expect(calibrationDecision(labels: 49, annotators: 2) == .fit)
    #expect(calibrationDecision(labels: 5, annotators: 3) != .fit)
    guard case .wait(let reason) = calibrationDecision(labels: 12, annotators: 1) else {
      Issue.record("12 labels are too few")
      return
    }
    #expect(reason.contains("50") && reason.contains("12"))
  }

  @Test("The temperature is that of scipy's minimiser", .enabled(if: PythonReference.hasScipy, "Python has no scipy"))
  func scipy() throws {
    struct Input: Encodable { let p: [Float], y: [Int] }
    let (p, labels) = Self.sample(rows: 150, classes: 4, sharpness: 2)
    let script = """
      import numpy as np
      from scipy.optimize import minimize_scalar
      from scipy.special import log_softmax
      z = np.log(np.array(x["p"]).reshape(-1, 4)); y = np.array(x["y"])
      f = lambda t: -log_softmax(z / t, axis=1)[np.arange(len(y)), y].mean()
      r = minimize_scalar(f, bounds=(0.05, 20), method="bounded", options=dict(xatol=1e-9))
      print(json.dumps([float(r.x), float(r.fun)]))
      """
    let expected: [Double] = try PythonReference.run(script, Input(p: p.values, y: labels))
    let scaling = try TemperatureScaling.fit(probabilities: p.view, labels: labels)
    #expect(abs(scaling.temperature - expected[0]) < 1e-4)
    #expect(abs(scaling.lossAfter - expected[1]) < 1e-6)
  }
}
