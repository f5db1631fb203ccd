import Tensors

/// The mean loss over rows of a labelled set, with weights and smoothing: what training makes small.
///
/// The loss of a row is its negative log-likelihood in nats: cross-entropy under a softmax, the sum over labels of binary
/// cross-entropies under sigmoids. A mini-batch's loss divides by its number of rows and weights have a mean of 1 over the
/// set, so that the mean over mini-batches is the weighted mean over the set.
struct Objective: Sendable {
  let targets: Targets
  let classes: Int
  /// A weight for each row with a mean of 1, or nil.
  let weights: [Float]?
  /// What positive labels of a multi-label set count, `(classes)`, or nil.
  let positiveWeights: [Float]?
  let smoothing: Float

  /// - Parameter configuration: nil takes the plain loss, for held-out rows.
  init(_ set: LabelledSet, _ configuration: TrainingConfiguration?) {
    targets = set.targets
    classes = set.classes
    smoothing = configuration?.labelSmoothing ?? 0
    let perClass = configuration?.classWeights.values(for: set)
    if case .labels = set.targets {
      positiveWeights = perClass
      weights = set.weights.map(Self.normalised)
    } else {
      positiveWeights = nil
      if set.weights == nil && perClass == nil {
        weights = nil
      } else {
        let own = set.weights ?? [Float](repeating: 1, count: set.count)
        let byClass = perClass.map { set.targets.weights(perClass: $0) } ?? [Float](repeating: 1, count: set.count)
        weights = Self.normalised(zip(own, byClass).map { $0 * $1 })
      }
    }
  }

  private static func normalised(_ weights: [Float]) -> [Float] {
    let mean = weights.reduce(0.0) { $0 + Double($1) } / Double(max(1, weights.count))
    return mean > 0 ? weights.map { Float(Double($0) / mean) } : weights
  }

  /// Computes the mean loss over the rows `batch` of the set and, in place of their logits `(rows, classes)`, its
  /// derivative.
  ///
  /// - Parameter share: the number of rows that the mean is over, where `batch` is one slice of a mini-batch.
  func lossAndGradient(
    _ logits: UnsafeMutablePointer<Float>, batch: ArraySlice<Int>, share: Int? = nil
  ) -> Double {
    let scale = 1 / Float(share ?? batch.count)
    let total: Double
    switch targets {
    case .classes(let labels) where weights == nil && smoothing == 0:
      total = SoftmaxCrossEntropy.lossAndGradient(logits, rows: batch.count, classes: classes, scale: scale) {
        labels[batch[batch.startIndex + $0]]
      }
    case .classes(let labels):
      let (on, off) = (1 - smoothing + smoothing / Float(classes), smoothing / Float(classes))
      total = soft(logits, batch, scale) { row, target in
        target.update(repeating: off, count: classes)
        target[labels[row]] = on
      }
    case .distributions(let rows):
      let view = rows.view
      total = soft(logits, batch, scale) { row, target in
        let source = view.base + row * classes
        for column in 0..<classes { target[column] = (1 - smoothing) * source[column] + smoothing / Float(classes) }
      }
    case .labels(let rows):
      total = BinaryCrossEntropy.lossAndGradient(
        logits, batch: batch, targets: rows.view, weights: weights, positiveWeights: positiveWeights,
        smoothing: smoothing, scale: scale)
    }
    return total / Double(share ?? batch.count)
  }

  /// Cross-entropy against the distributions that `target` writes.
  private func soft(
    _ logits: UnsafeMutablePointer<Float>, _ batch: ArraySlice<Int>, _ scale: Float,
    _ target: (Int, UnsafeMutablePointer<Float>) -> Void
  ) -> Double {
    SoftmaxCrossEntropy.lossAndGradient(
      logits, rows: batch.count, classes: classes, scale: scale,
      weight: { weights?[batch[batch.startIndex + $0]] ?? 1 }, target: { target(batch[batch.startIndex + $0], $1) })
  }
}
