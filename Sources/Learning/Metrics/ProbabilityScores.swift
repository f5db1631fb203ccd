private import Glibc
public import Tensors

/// The reliability of the most probable class of rows of probabilities `(n, c)` against classes `(n)`.
///
/// Nil where there is nothing to judge, where counts differ, or where a label is not in `0..<c`. O(n·c).
public func reliabilityDiagram(_ probabilities: MatrixView, labels: [Int], bins: Int = 15) -> ReliabilityDiagram? {
  guard judges(probabilities, labels), bins > 0 else { return nil }
  let guesses = mostProbable(probabilities)
  return ReliabilityDiagram(
    confidences: guesses.enumerated().map { probabilities[$0.offset][$0.element] },
    correct: zip(guesses, labels).map { $0 == $1 }, bins: bins)
}

/// The expected calibration error of rows of probabilities `(n, c)` against classes `(n)`, in bins of equal width.
///
/// Nil under the conditions of ``reliabilityDiagram(_:labels:bins:)``.
public func expectedCalibrationError(_ probabilities: MatrixView, labels: [Int], bins: Int = 15) -> Double? {
  reliabilityDiagram(probabilities, labels: labels, bins: bins)?.expectedCalibrationError
}

/// The mean of `-ln p` of the true class, in nats; probabilities below 1.2e-7 count as that.
///
/// Nil under the conditions of ``reliabilityDiagram(_:labels:bins:)``. O(n).
public func negativeLogLikelihood(_ probabilities: MatrixView, labels: [Int]) -> Double? {
  guard judges(probabilities, labels) else { return nil }
  return labels.enumerated().reduce(0) { $0 - log(max(Double(probabilities[$1.offset][$1.element]), 0x1p-23)) }
    / Double(labels.count)
}

/// The Brier score: the mean over items of the squared distance between probabilities and truth, in `0...2`.
///
/// Nil under the conditions of ``reliabilityDiagram(_:labels:bins:)``. O(n·c). Source: Brier, 1950.
public func brierScore(_ probabilities: MatrixView, labels: [Int]) -> Double? {
  guard judges(probabilities, labels) else { return nil }
  var total = 0.0
  for (row, label) in labels.enumerated() {
    for (index, p) in probabilities[row].enumerated() {
      let gap = Double(p) - (index == label ? 1 : 0)
      total += gap * gap
    }
  }
  return total / Double(labels.count)
}

/// The index of the greatest probability of every row, the first of equals.
func mostProbable(_ probabilities: MatrixView) -> [Int] {
  (0..<probabilities.rows).map { row in
    let p = probabilities[row]
    var guess = 0
    for index in 1..<max(1, p.count) where p[index] > p[guess] { guess = index }
    return guess
  }
}

/// Whether labels can judge probabilities: as many as rows, at least one, all in range.
func judges(_ probabilities: MatrixView, _ labels: [Int]) -> Bool {
  probabilities.rows > 0 && labels.count == probabilities.rows
    && labels.allSatisfy { $0 >= 0 && $0 < probabilities.columns }
}
