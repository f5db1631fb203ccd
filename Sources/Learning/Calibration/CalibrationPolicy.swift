/// Whether there is enough to fit a temperature on.
public enum CalibrationDecision: Sendable, Equatable {
  /// Fit it.
  case fit
  /// Leave probabilities as they are, for this reason.
  case wait(reason: String)
}

/// Decides whether to fit ``TemperatureScaling`` on the labels of the evaluation stream.
///
/// Not while there is one annotator and fewer than 50 of these labels: one person's habits would pass for the model's
/// errors, and the temperature of a few labels strays further from 1 than the miscalibration it is to correct. With
/// several annotators 20 labels do.
/// - Parameters:
///   - labels: evaluation labels that the temperature would be fitted on.
///   - annotators: people who gave them.
public func calibrationDecision(labels: Int, annotators: Int) -> CalibrationDecision {
  let needed = annotators > 1 ? 20 : 50
  if labels >= needed { return .fit }
  let people = annotators > 1 ? "\(annotators) annotators" : "one annotator"
  return .wait(
    reason:
      "probabilities are not calibrated yet: with \(people) that takes \(needed) labels of the evaluation stream, "
      + "and there are \(labels)")
}
