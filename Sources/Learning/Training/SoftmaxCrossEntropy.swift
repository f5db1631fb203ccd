private import Glibc
import Tensors

/// The cross-entropy between the softmax of logits and one class or one distribution for each row.
///
/// A probability below the smallest normal float counts as that one, so that the loss of one row is at most 87.3.
enum SoftmaxCrossEntropy {
  /// Computes the summed loss over `rows` rows and, in place of the logits, `(softmax(z) - y) * scale`.
  ///
  /// - Parameters:
  ///   - logits: `(rows, classes)`.
  ///   - target: the class of a row of the batch.
  static func lossAndGradient(
    _ logits: UnsafeMutablePointer<Float>, rows: Int, classes: Int, scale: Float, target: (Int) -> Int
  ) -> Double {
    softmaxRows(logits, rows: rows, columns: classes)
    var total = 0.0
    for row in 0..<rows {
      let gradient = logits + row * classes
      let label = target(row)
      total -= Double(log(max(gradient[label], .leastNormalMagnitude)))
      for column in 0..<classes { gradient[column] *= scale }
      gradient[label] -= scale
    }
    return total
  }

  /// The same for weighted rows whose `target` writes a distribution `(classes)`.
  static func lossAndGradient(
    _ logits: UnsafeMutablePointer<Float>, rows: Int, classes: Int, scale: Float, weight: (Int) -> Float,
    target: (Int, UnsafeMutablePointer<Float>) -> Void
  ) -> Double {
    softmaxRows(logits, rows: rows, columns: classes)
    var total = 0.0
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, classes)) { scratch in
      guard let wanted = scratch.baseAddress else { return }
      for row in 0..<rows {
        let gradient = logits + row * classes
        let weight = weight(row)
        target(row, wanted)
        var loss = 0.0
        for column in 0..<classes {
          let p = gradient[column]
          if wanted[column] > 0 { loss -= Double(wanted[column]) * Double(log(max(p, .leastNormalMagnitude))) }
          gradient[column] = (p - wanted[column]) * (scale * weight)
        }
        total += Double(weight) * loss
      }
    }
    return total
  }
}
