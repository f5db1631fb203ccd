/// One point of a learning curve: what the model knows after so many labels.
public struct ReplayRow: Codable, Sendable, Equatable {
  /// Labels that the model was trained on.
  public var labels: Int
  /// The share of held-out items classified right.
  public var accuracy: Double
  /// The mean F1 of the classes.
  public var macroF1: Double
  /// The mean negative log likelihood, in nats.
  public var nll: Double
  /// The expected calibration error.
  public var ece: Double
  /// The share of planted outliers among the items that were asked for in this step.
  public var outlierShare: Double
  /// Seconds that choosing these items and training on all took, by the clock.
  public var seconds: Double

  /// Whether two rows say the same of the learner, whatever the time it took.
  public func isSameResult(as other: ReplayRow) -> Bool {
    var copy = other
    copy.seconds = seconds
    return copy == self
  }
}

/// The learning curve of one strategy under one seed.
public struct ReplayCurve: Codable, Sendable, Equatable {
  /// The strategy's name.
  public var strategy: String
  /// The seed.
  public var seed: Int
  /// The points, by growing number of labels.
  public var rows: [ReplayRow]
}
