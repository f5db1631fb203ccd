/// Whether active learning has paid off so far, compared with labelling at random.
public struct BaselineComparison: Codable, Sendable, Equatable {
  /// The plain answer.
  public enum Verdict: String, Codable, Sendable {
    /// Active learning reaches more with the same labels, beyond doubt of measurement.
    case ahead
    /// The two cannot be told apart.
    case notAhead = "not_ahead"
    /// Active learning reaches less, beyond doubt of measurement.
    case behind
    /// There is not enough to compare.
    case unknown
  }

  /// Both curves at one number of labels.
  public struct Row: Codable, Sendable, Equatable {
    /// The number of labels.
    public let labels: Int
    /// What active learning reached with them.
    public let active: MeasuredPoint
    /// What labelling at random reaches with them.
    public let random: MeasuredPoint
    /// Active minus random.
    public let difference: Double
    /// The 95 % interval of the difference, from those of both.
    public let interval: Interval
    /// Whether random labelling's value lies beyond what was measured, on the power law.
    public let isExtrapolated: Bool
  }

  /// The answer at the largest number of labels that both curves have.
  public let verdict: Verdict
  /// The answer in a sentence or two, with figures.
  public let sentence: String
  /// All comparisons by ascending number of labels.
  public let rows: [Row]
  /// The labels with which labelling at random would reach what active learning has now; nil where it is not known.
  public let randomLabelsForSame: Int?
}

/// Compares the curve of active learning with that of labelling at random, at equal numbers of labels.
///
/// Random labelling's value is interpolated between its measurements, and follows their power law a little beyond them
/// (``RandomBaselineCurve/reach``); the verdict stands for the largest number of labels within that. Intervals of
/// both are joined as those of independent figures (Zou and Donner, 2008); where both were measured on the same items that
/// is wider than need be, never too narrow.
/// - Parameters:
///   - active: a point for each round, of the same figure as the baseline's.
///   - baseline: nil while it could not be measured.
public func compare(
  active: [MeasuredPoint], with baseline: RandomBaselineCurve?, seed: UInt64 = 0
) -> BaselineComparison {
  guard let baseline, let first = baseline.points.first, let last = baseline.points.last else {
    return unknown("there are too few labels of the evaluation stream to know what labelling at random would reach")
  }
  let fit = baseline.extended(seed: seed)
  let rows = active.sorted { $0.labels < $1.labels }.compactMap { point -> BaselineComparison.Row? in
    if point.labels < first.labels || point.labels > baseline.reachedLabels { return nil }
    let isExtrapolated = point.labels > last.labels
    let random: MeasuredPoint
    if !isExtrapolated {
      random = interpolated(baseline.points, at: point.labels)
    } else if let forecast = fit?.value(at: point.labels) {
      random = MeasuredPoint(labels: point.labels, value: forecast.value, interval: forecast.interval)
    } else {
      return nil
    }
    return row(point, random, isExtrapolated)
  }
  guard let latest = rows.last else {
    return unknown(
      "labelling at random was measured with \(first.labels) to \(last.labels) labels of the evaluation stream, and no round had "
        + "as few, or hardly more")
  }
  let verdict: BaselineComparison.Verdict =
    latest.interval.lower > 0 ? .ahead : latest.interval.upper < 0 ? .behind : .notAhead
  let same = labelsForSame(latest.active.value, baseline, fit)
  return BaselineComparison(
    verdict: verdict,
    sentence: sentence(
      verdict, latest, same, measuredUpTo: last.labels, now: active.map(\.labels).max() ?? latest.labels), rows: rows,
    randomLabelsForSame: same)
}

private func unknown(_ reason: String) -> BaselineComparison {
  BaselineComparison(
    verdict: .unknown, sentence: "Whether active learning is ahead cannot be told yet: \(reason).", rows: [],
    randomLabelsForSame: nil)
}

private func row(_ active: MeasuredPoint, _ random: MeasuredPoint, _ isExtrapolated: Bool) -> BaselineComparison.Row {
  func distance(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
  let difference = active.value - random.value
  let below = distance(active.value - active.interval.lower, random.interval.upper - random.value)
  let above = distance(active.interval.upper - active.value, random.value - random.interval.lower)
  return BaselineComparison.Row(
    labels: active.labels, active: active, random: random, difference: difference,
    interval: Interval(lower: difference - below, upper: difference + above), isExtrapolated: isExtrapolated)
}

/// The baseline between two of its measurements.
private func interpolated(_ points: [MeasuredPoint], at labels: Int) -> MeasuredPoint {
  guard let upper = points.firstIndex(where: { $0.labels >= labels }), upper > 0 else { return points[0] }
  let (a, b) = (points[upper - 1], points[upper])
  let share = Double(labels - a.labels) / Double(b.labels - a.labels)
  func between(_ x: Double, _ y: Double) -> Double { x + share * (y - x) }
  return MeasuredPoint(
    labels: labels, value: between(a.value, b.value),
    interval: Interval(
      lower: between(a.interval.lower, b.interval.lower), upper: between(a.interval.upper, b.interval.upper)))
}

/// The first number of labels at which random labelling reaches `value`, measured or by the power law.
private func labelsForSame(_ value: Double, _ baseline: RandomBaselineCurve, _ fit: PowerLawFit?) -> Int? {
  let curve = try? LearningCurve(baseline.points.map { .init(labels: $0.labels, value: $0.value) })
  let reached = curve?.interpolatedLabelsToReach(value) ?? fit?.labelsToReach(value)
  return reached.flatMap { $0 <= Double(baseline.reachedLabels) ? Int($0.rounded()) : nil }
}

private func sentence(
  _ verdict: BaselineComparison.Verdict, _ row: BaselineComparison.Row, _ same: Int?, measuredUpTo: Int, now: Int
) -> String {
  let (active, random) = (percent(row.active.value), percent(row.random.value))
  let points = percent(abs(row.difference)).replacing(" %", with: " points")
  let interval = "95 % interval \(signedPoints(row.interval.lower)) to \(signedPoints(row.interval.upper))"
  var text: String
  switch verdict {
  case .ahead:
    text =
      "Active learning is ahead: \(row.labels) labels reached \(active), where labelling at random would reach \(random) "
      + "(\(points) more, \(interval))."
    if let same, same > row.labels { text += " Labelling at random would need about \(same) labels for the same." }
  case .notAhead:
    text =
      "Active learning is not ahead: \(row.labels) labels reached \(active), labelling at random would reach \(random), and "
      + "the difference is within what chance explains (\(interval))."
  case .behind:
    text =
      "Active learning is not ahead: \(row.labels) labels reached \(active), where labelling at random would reach \(random) "
      + "(\(points) less for active learning, \(interval)). Consider the strategy 'random' or another one."
  case .unknown: text = ""
  }
  if row.isExtrapolated {
    text += " Labelling at random was measured up to \(measuredUpTo) labels and is extrapolated from there."
  }
  if row.labels < now {
    text += " Of the \(now) labels of now nothing can be said before more labels of the evaluation stream are there."
  }
  return text
}

/// A share as a percentage with one decimal.
private func percent(_ share: Double) -> String {
  let tenths = Int((share * 1000).rounded())
  return "\(tenths / 10).\(tenths % 10) %"
}

private func signedPoints(_ difference: Double) -> String {
  (difference < 0 ? "−" : "+") + percent(abs(difference)).replacing(" %", with: "")
}
