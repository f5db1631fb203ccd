private import Glibc
import Tensors

/// The binary cross-entropy between sigmoids of logits and independent labels.
enum BinaryCrossEntropy {
  /// Computes the loss summed over rows and labels and, in place of the logits, its derivative times `scale`.
  ///
  /// From logits, `max(z, 0) - z y + ln(1 + e^-|z|)`, so that no probability is ever rounded to 0 or 1. A positive weight
  /// `q` multiplies the term of `y`: `q y ln σ(z) + (1 - y) ln(1 - σ(z))`.
  /// - Parameters:
  ///   - logits: `(rows, labels)`.
  ///   - batch: the rows of `targets` `(m, labels)` that these are.
  static func lossAndGradient(
    _ logits: UnsafeMutablePointer<Float>, batch: ArraySlice<Int>, targets: MatrixView, weights: [Float]?,
    positiveWeights: [Float]?, smoothing: Float, scale: Float
  ) -> Double {
    let labels = targets.columns
    var total = 0.0
    for (position, row) in batch.enumerated() {
      let gradient = logits + position * labels
      let wanted = targets.base + row * labels
      let weight = weights?[row] ?? 1
      var loss = 0.0
      for column in 0..<labels {
        let z = gradient[column]
        let y = (1 - smoothing) * wanted[column] + smoothing / 2
        let power = exp(-abs(z))
        let sigmoid = z >= 0 ? 1 / (1 + power) : power / (1 + power)
        // -ln σ(z) and -ln(1 - σ(z)).
        let tail = log1p(power)
        let (ofOne, ofZero) = (max(-z, 0) + tail, max(z, 0) + tail)
        let positive = (positiveWeights?[column] ?? 1) * y
        loss += Double(positive * ofOne + (1 - y) * ofZero)
        gradient[column] = ((1 - y) * sigmoid - positive * (1 - sigmoid)) * (scale * weight)
      }
      total += Double(weight) * loss
    }
    return total
  }
}
