import Foundation
import Learning
import Tensors
import Testing

@Suite struct ConfusionMatrixTests {
  @Test("Mistakes are counted by class and listed by frequency")
  func counts() throws {
    let matrix = try #require(ConfusionMatrix(predicted: [0, 1, 1, 0, 2, 1], labels: [0, 0, 0, 1, 2, 2], classes: 4))
    #expect(matrix[0, 0] == 1 && matrix[0, 1] == 2 && matrix[1, 0] == 1 && matrix[2, 1] == 1 && matrix[3, 3] == 0)
    #expect(matrix.confusions(limit: 2).map { [$0.truth, $0.predicted, $0.count] } == [[0, 1, 2], [1, 0, 1]])
    #expect(matrix.confusions(limit: 9).count == 3)
    #expect(ConfusionMatrix(predicted: [4], labels: [0], classes: 4) == nil)
    #expect(ConfusionMatrix(predicted: [1], labels: [0, 1], classes: 4) == nil)
  }

  @Test(
    "Per-class figures agree with scikit-learn",
    .enabled(if: PythonReference.hasScikitLearn, "Python has no scikit-learn"))
  func scikitLearn() throws {
    var generator = SeededGenerator(seed: 9)
    var p = Matrix(rows: 300, columns: 5)
    for row in 0..<300 { for column in 0..<5 { p[row, column] = 3 * generator.normal() } }
    softmaxRows(&p)
    let labels = (0..<300).map { _ in min(3, generator.index(below: 5)) }
    struct Input: Encodable { let p: [Float], y: [Int] }
    struct Expected: Decodable { let per: [[Double]], confusion: [Int], balanced, brier, loss, ece: Double }
    let script = """
      import numpy as np
      from sklearn import metrics as m
      p = np.array(x["p"]).reshape(-1, 5); y = np.array(x["y"]); g = p.argmax(1)
      per = m.precision_recall_fscore_support(y, g, labels=range(5), zero_division=0)[:3]
      conf = p.max(1); hit = g == y; b = np.ceil(conf * 15).astype(int)
      ece = sum(abs(conf[b == i].sum() - hit[b == i].sum()) for i in range(16)) / len(y)
      print(json.dumps(dict(per=[[float(v) for v in r] for r in per], ece=float(ece),
          confusion=[int(v) for v in m.confusion_matrix(y, g, labels=range(5)).ravel()],
          balanced=float(np.mean([per[1][k] for k in range(5) if (y == k).any()])),
          brier=float(((p - np.eye(5)[y]) ** 2).sum(1).mean()), loss=float(m.log_loss(y, p, labels=range(5))))))
      """
    let expected: Expected = try PythonReference.run(script, Input(p: p.values, y: labels))
    let metrics = try #require(ClassificationMetrics(probabilities: p, labels: labels))
    for (index, figures) in metrics.perClass.enumerated() {
      #expect(abs(figures.precision - expected.per[0][index]) < 1e-9)
      #expect(abs(figures.recall - expected.per[1][index]) < 1e-9)
      #expect(abs(figures.f1 - expected.per[2][index]) < 1e-9)
    }
    #expect(try #require(ConfusionMatrix(probabilities: p.view, labels: labels)).counts == expected.confusion)
    #expect(abs(metrics.balancedAccuracy - expected.balanced) < 1e-9)
    #expect(abs(try #require(brierScore(p.view, labels: labels)) - expected.brier) < 1e-6)
    #expect(abs(metrics.negativeLogLikelihood - expected.loss) < 1e-5)
    #expect(abs(metrics.expectedCalibrationError - expected.ece) < 1e-6)
  }

  @Test("Intervals of recall and precision are Wilson's")
  func intervals() throws {
    let p = Matrix(rows: 4, columns: 2, values: [1, 0, 1, 0, 0, 1, 1, 0])
    let metrics = try #require(ClassificationMetrics(probabilities: p, labels: [0, 0, 0, 1]))
    #expect(metrics.perClass[0].recallInterval == Interval(successes: 2, of: 3))
    #expect(metrics.perClass[0].precisionInterval == Interval(successes: 2, of: 3))
    #expect(metrics.perClass[1].recallInterval == Interval(successes: 0, of: 1))
    #expect(abs(metrics.balancedAccuracy - 1.0 / 3) < 1e-12)
  }
}
