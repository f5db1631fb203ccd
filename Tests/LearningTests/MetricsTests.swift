import Foundation
import Learning
import Tensors
import Testing

@Suite struct MetricsTests {
  @Test("Figures agree with values worked out by hand")
  func byHand() throws {
    let p = Matrix(
      rows: 4, columns: 3,
      values: [
        0.7, 0.2, 0.1,  // true 0, predicted 0
        0.1, 0.6, 0.3,  // true 1, predicted 1
        0.5, 0.4, 0.1,  // true 1, predicted 0
        0.9, 0.1, 0.0,  // true 0, predicted 0
      ])
    let metrics = try #require(ClassificationMetrics(probabilities: p, labels: [0, 1, 1, 0]))
    #expect(metrics.count == 4)
    #expect(metrics.accuracy == 0.75)
    // Class 0: precision 2/3, recall 1, F1 0.8. Class 1: precision 1, recall 1/2, F1 2/3. Class 2 does not occur.
    #expect(abs(metrics.macroF1 - (0.8 + 2.0 / 3) / 2) < 1e-9)
    #expect(metrics.perClass.map(\.support) == [2, 2, 0])
    #expect(metrics.perClass.map(\.predicted) == [3, 1, 0])
    #expect(metrics.perClass[2].f1 == 0)
    let loss = -(log(0.7) + log(0.6) + log(0.4) + log(0.9)) / 4
    #expect(abs(metrics.negativeLogLikelihood - loss) < 1e-6)
    // Confidences fall into four bins of one item each: |0.7-1| + |0.6-1| + |0.5-0| + |0.9-1|, over 4.
    #expect(abs(metrics.expectedCalibrationError - 1.3 / 4) < 1e-6)
  }

  @Test("Confident and right is perfectly calibrated; a zero probability of the truth stays finite")
  func extremes() throws {
    let sure = try #require(
      ClassificationMetrics(probabilities: Matrix(rows: 2, columns: 2, values: [1, 0, 0, 1]), labels: [0, 1]))
    #expect(sure.accuracy == 1 && sure.macroF1 == 1)
    #expect(sure.negativeLogLikelihood == 0 && sure.expectedCalibrationError == 0)
    let wrong = try #require(
      ClassificationMetrics(probabilities: Matrix(rows: 1, columns: 2, values: [1, 0]), labels: [1]))
    #expect(wrong.negativeLogLikelihood.isFinite && wrong.negativeLogLikelihood > 15)
    #expect(wrong.expectedCalibrationError == 1)
  }

  @Test("There are no metrics of nothing, nor of labels that do not fit")
  func refused() {
    #expect(ClassificationMetrics(probabilities: Matrix(rows: 0, columns: 2), labels: []) == nil)
    #expect(ClassificationMetrics(probabilities: Matrix(rows: 1, columns: 2), labels: [0, 1]) == nil)
    #expect(ClassificationMetrics(probabilities: Matrix(rows: 1, columns: 2), labels: [2]) == nil)
  }

  @Test(
    "Wilson's interval agrees with published values",
    arguments: [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)])
  func wilson(successes: Int, count: Int, lower: Double, upper: Double) {
    let interval = Interval(successes: successes, of: count)
    #expect(abs(interval.lower - lower) < 1e-4)
    #expect(abs(interval.upper - upper) < 1e-4)
    #expect(Interval(successes: 0, of: 0) == Interval(lower: 0, upper: 1))
  }

  @Test("Metrics survive JSON")
  func codable() throws {
    let p = Matrix(rows: 1, columns: 2, values: [0.25, 0.75])
    let metrics = try #require(ClassificationMetrics(probabilities: p, labels: [1]))
    let data = try JSONEncoder().encode(metrics)
    #expect(try JSONDecoder().decode(ClassificationMetrics.self, from: data) == metrics)
  }
}
