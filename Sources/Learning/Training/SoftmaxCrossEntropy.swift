private import Glibc
import Tensors

/// The mean cross-entropy between the softmax of logits and one class for each row.
enum SoftmaxCrossEntropy {
  /// Computes the mean loss over `rows` rows and, in place of the logits, its derivative `(softmax(z) - y) / rows`.
  ///
  /// A probability below the smallest normal float counts as that one, so that the loss of one row is at most 87.3.
  /// - Parameters:
  ///   - logits: `(rows, classes)`.
  ///   - target: the class of a row of the batch.
  static func lossAndGradient(
    _ logits: UnsafeMutablePointer<Float>, rows: Int, classes: Int, target: (Int) -> Int
  ) -> Double {
    softmaxRows(logits, rows: rows, columns: classes)
    let scale = 1 / Float(rows)
    var total = 0.0
    for row in 0..<rows {
      let gradient = logits + row * classes
      let label = target(row)
      total -= Double(log(max(gradient[label], .leastNormalMagnitude)))
      for column in 0..<classes { gradient[column] *= scale }
      gradient[label] -= scale
    }
    return total / Double(rows)
  }
}
