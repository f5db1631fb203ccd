import Foundation
import Learning
import Tensors
import Testing

@Suite struct MultiLabelMetricsTests {
  @Test("Figures agree with values worked out by hand")
  func byHand() throws {
    let p = Matrix(rows: 3, columns: 3, values: [0.9, 0.6, 0.1, 0.2, 0.7, 0.4, 0.5, 0.5, 0.5])
    let y = Matrix(rows: 3, columns: 3, values: [1, 0, 0, 0, 1, 1, 1, 0, 0])
    let metrics = try #require(MultiLabelMetrics(probabilities: p.view, labels: y.view))
    // Predicted: {0, 1}, {1}, {0, 1, 2}; true: {0}, {1, 2}, {0}: 3 hits, 6 predicted, 4 true.
    #expect(abs(metrics.microF1 - 6.0 / 10) < 1e-12)
    #expect(metrics.perLabel.map(\.support) == [2, 1, 1])
    // F1: label 0 is 1, label 1 is 2 * 1 / (3 + 1), label 2 is 0.
    #expect(abs(metrics.macroF1 - 0.5) < 1e-12)
    #expect(metrics.subsetAccuracy == 0)
    #expect(abs(metrics.hammingLoss - 4.0 / 9) < 1e-12)
    // Ranks: {0} first of three is 1; {1, 2} first and second is 1; ties of three take rank 3, so 1/3.
    #expect(abs(metrics.labelRankingAveragePrecision - (1 + 1 + 1.0 / 3) / 3) < 1e-12)
    #expect(metrics.labelRankingInterval.lower < 0.7 && metrics.labelRankingInterval.upper == 1)
    let point = try #require(measuredPoint(labels: 20, probabilities: p.view, targets: .labels(y)))
    #expect(point.value == metrics.labelRankingAveragePrecision && point.interval == metrics.labelRankingInterval)
    #expect(measuredPoint(labels: 20, probabilities: p.view, targets: .classes([0, 1])) == nil)
    #expect(measuredPoint(labels: 20, probabilities: p.view, targets: .classes([0, 1, 3])) == nil)
    let classes = try #require(measuredPoint(labels: 20, probabilities: p.view, targets: .classes([0, 1, 2])))
    let accuracy = try #require(ClassificationMetrics(probabilities: p, labels: [0, 1, 2]))
    #expect(classes.value == accuracy.accuracy && classes.interval == accuracy.accuracyInterval)
  }

  @Test("There are no metrics of nothing, nor of shapes that differ; NaN ends")
  func refused() throws {
    let p = Matrix(rows: 1, columns: 2, values: [0.3, .nan])
    #expect(MultiLabelMetrics(probabilities: p.view, labels: Matrix(rows: 1, columns: 3).view) == nil)
    #expect(MultiLabelMetrics(probabilities: p.view, labels: Matrix(rows: 2, columns: 2).view) == nil)
    #expect(
      MultiLabelMetrics(probabilities: Matrix(rows: 0, columns: 2).view, labels: Matrix(rows: 0, columns: 2).view)
        == nil)
    let odd = try #require(
      MultiLabelMetrics(probabilities: p.view, labels: Matrix(rows: 1, columns: 2, values: [0, 1]).view))
    #expect(odd.microF1 == 0)
  }

  /// Random scores, some of them equal, some rows and labels without a positive.
  static func sample() -> (p: Matrix, y: Matrix) {
    var generator = SeededGenerator(seed: 4)
    let (n, width) = (120, 7)
    var p = Matrix(rows: n, columns: width)
    var y = p
    for row in 0..<n {
      for column in 0..<width {
        p[row, column] = (20 * generator.uniform()).rounded() / 20
        if column < 6 && row > 2 && generator.uniform() < 0.3 + 0.3 * p[row, column] { y[row, column] = 1 }
      }
    }
    return (p, y)
  }

  @Test("Figures agree with scikit-learn", .enabled(if: PythonReference.hasScikitLearn, "Python has no scikit-learn"))
  func scikitLearn() throws {
    let (p, y) = Self.sample()
    let script = """
      import numpy as np
      from sklearn import metrics as m
      p = np.array(x[0], np.float32).reshape(-1, 7); y = np.array(x[1]).reshape(-1, 7).astype(int)
      q = (p >= 0.5).astype(int)
      per = m.f1_score(y, q, average=None, zero_division=0)
      present = (y.sum(0) + q.sum(0)) > 0
      eps = 2.0 ** -23
      pp = p.astype(float)
      nll = -np.log(np.maximum(np.where(y == 1, pp, 1 - pp), eps)).mean()
      print(json.dumps([float(v) for v in (m.f1_score(y, q, average="micro"), per[present].mean(),
          m.label_ranking_average_precision_score(y, p), m.accuracy_score(y, q), m.hamming_loss(y, q), nll)]
          + [float(v) for v in per]))
      """
    let expected: [Double] = try PythonReference.run(script, [p.values, y.values])
    let metrics = try #require(MultiLabelMetrics(probabilities: p.view, labels: y.view))
    let ours =
      [
        metrics.microF1, metrics.macroF1, metrics.labelRankingAveragePrecision, metrics.subsetAccuracy,
        metrics.hammingLoss, metrics.negativeLogLikelihood,
      ] + metrics.perLabel.map(\.f1)
    #expect(ours.count == expected.count)
    for (a, b) in zip(ours, expected) { #expect(abs(a - b) < 1e-6) }
  }
}
