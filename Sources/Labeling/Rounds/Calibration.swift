import Learning
import Tensors

/// How far a round's probabilities come true, and what corrects them.
struct Calibration: Codable, Sendable, Equatable {
  /// What probabilities are divided by on the scale of logits; `nil` while it is not fitted.
  var scaling: TemperatureScaling?
  /// Why it is not fitted, where it is not.
  var reason: String?
  /// The expected calibration error of the model's own probabilities.
  var errorBefore: Double
  /// The same after correction, each fifth of the labels judged by a temperature fitted on the others.
  var errorAfter: Double?

  private static let folds = 5

  /// Fits a temperature on the evaluation stream, where there are enough labels of it.
  ///
  /// - Parameters:
  ///   - probabilities: what the model says of its items, `(n, c)`.
  ///   - truth: what people said, `n` of them.
  ///   - annotators: how many people.
  init?(probabilities: Matrix, truth: Targets, annotators: Int) {
    guard let before = Self.error(probabilities, truth) else { return nil }
    errorBefore = before
    switch calibrationDecision(labels: truth.count, annotators: annotators) {
    case .wait(let reason): self.reason = reason
    case .fit:
      guard let fitted = try? Self.fit(probabilities, truth) else { return nil }
      scaling = fitted
      errorAfter = try? Self.crossFitted(probabilities, truth).flatMap { Self.error($0, truth) }
    }
  }

  private static func fit(_ probabilities: Matrix, _ truth: Targets) throws -> TemperatureScaling {
    switch truth {
    case .labels(let rows): try .fit(probabilities: probabilities.view, labels: rows.view)
    default: try .fit(probabilities: probabilities.view, labels: truth.labels)
    }
  }

  private static func error(_ probabilities: Matrix, _ truth: Targets) -> Double? {
    switch truth {
    case .labels(let rows):
      MultiLabelMetrics(probabilities: probabilities.view, labels: rows.view)?.expectedCalibrationError
    default: ClassificationMetrics(probabilities: probabilities, labels: truth.labels)?.expectedCalibrationError
    }
  }

  /// Probabilities of each fold under a temperature that was fitted on the others.
  private static func crossFitted(_ probabilities: Matrix, _ truth: Targets) throws -> Matrix? {
    var result = probabilities
    for fold in 0..<folds {
      let (held, rest) = (
        (0..<truth.count).filter { $0 % folds == fold }, (0..<truth.count).filter { $0 % folds != fold }
      )
      guard !held.isEmpty, !rest.isEmpty else { return nil }
      let scaling = try fit(probabilities.gatherRows(rest), truth.subset(rest))
      let corrected = scaling.apply(to: probabilities.gatherRows(held).view, kind: truth.outputKind)
      for (place, row) in held.enumerated() {
        for column in 0..<result.columns { result[row, column] = corrected[place, column] }
      }
    }
    return result
  }
}
