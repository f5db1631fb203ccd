/// A closed interval of real numbers.
public struct Interval: Codable, Sendable, Equatable {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// Creates an interval from its ends.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// The 95 % score interval of a probability, from `successes` in `count` independent trials; `0...1` for no trials.
  ///
  /// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
  public init(successes: Int, of count: Int) {
    guard count > 0 else {
      self.init(lower: 0, upper: 1)
      return
    }
    let (n, z) = (Double(count), 1.959_963_984_540_054)
    let share = Double(successes) / n
    let scale = 1 / (1 + z * z / n)
    let center = scale * (share + z * z / (2 * n))
    let half = scale * z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    self.init(lower: max(0, center - half), upper: min(1, center + half))
  }
}
