private import Glibc
import Tensors

/// A power law through a learning curve, `y = a − b·n^−c`: where the curve tends to, and what more labels are worth.
///
/// Fitted by least squares with weights in proportion to labels, as later points vary less and matter more, and with
/// Huber's, so that one bad round does not bend it; `0 ≤ a ≤ 1`, `b ≥ 0` and `0.05 ≤ c ≤ 3`. For a given exponent the rest is a
/// linear problem; the exponent is searched, with a log-normal prior around 0.6 that decides only where the points do not:
/// a few noisy ones fit a plateau in any place. Intervals come from refits to the fitted curve plus noise: that of the
/// residuals, and an error that all points share.
///
/// Source: the form that learning curves of classifiers take, Figueroa et al., 2012; Huber, 1964.
public struct PowerLawFit: Sendable, Equatable {
  /// The parameters of one curve.
  public struct Parameters: Codable, Sendable, Equatable {
    /// The value that the curve tends to, `a`.
    public let asymptote: Double
    /// What is missing to it at one label, `b`.
    public let scale: Double
    /// How fast that vanishes, `c`.
    public let exponent: Double

    /// The curve's value at `labels`, above 0.
    public func value(at labels: Double) -> Double { asymptote - scale * pow(labels, -exponent) }
  }

  /// A value with its 95 % interval.
  public struct Forecast: Codable, Sendable, Equatable {
    /// The expected value.
    public let value: Double
    /// Where it lies with 95 % probability, if the power law holds.
    public let interval: Interval
  }

  /// The best fit.
  public let parameters: Parameters
  /// The standard deviation of measurements around the curve.
  public let residual: Double
  /// Refits to noise, from which intervals are read.
  private let samples: [Parameters]

  /// Fits measurements at three numbers of labels or more.
  ///
  /// - Parameters:
  ///   - curve: values in `0...1`, such as accuracies.
  ///   - standardErrors: of the values, in the order of the curve's points, where all are measured on the same items: if
  ///     these are easier than others, they are so at every point.
  ///   - seed: what the refits draw noise from.
  /// - Throws: ``CurveError``: too few points, counts that differ, values or label counts out of range.
  /// - Complexity: O(300 · 60 · points).
  public init(_ curve: LearningCurve, standardErrors: [Double]? = nil, seed: UInt64 = 0) throws(CurveError) {
    let points = curve.points
    if points.count < 3 { throw .tooFew(needed: 3, actual: points.count, of: "points of a learning curve") }
    if let standardErrors, standardErrors.count != points.count {
      throw .countMismatch(first: points.count, second: standardErrors.count)
    }
    for point in points where point.labels < 1 || point.value < 0 || point.value > 1 {
      throw .invalid("a learning curve has the value \(point.value) at \(point.labels) labels")
    }
    let search = PowerLawSearch(labels: points.map { Double($0.labels) })
    let values = points.map(\.value)
    let tail = points.map { Double($0.labels) / Double(points[points.count - 1].labels) }
    var weights = tail
    var best = search.fit(values, weights, variance: 0)
    var variance = 0.0
    for _ in 0..<5 {
      let residuals = zip(points, values).map { $1 - best.value(at: Double($0.labels)) }
      let spread = 1.4826 * Distributions.quantile(residuals.map { abs($0) }.sorted(), 0.5)
      let bar = 1.345 * max(spread, 1e-6)
      weights = zip(residuals, tail).map { abs($0) <= bar ? $1 : $1 * bar / abs($0) }
      let squares = zip(residuals, weights).reduce(0) { $0 + $1.1 * $1.0 * $1.0 }
      variance = squares / Double(max(1, values.count - 3))
      best = search.fit(values, weights, variance: max(variance, Self.floor(standardErrors)))
    }
    residual = variance.squareRoot()
    parameters = best
    var generator = SeededGenerator(seed: seed)
    var samples: [Parameters] = []
    for _ in 0..<300 {
      let shared = Double(generator.normal())
      // The variance is itself estimated from a few residuals: it varies as a chi-square of as many degrees.
      let degrees = max(1, points.count - 3)
      let chiSquare = (0..<degrees).reduce(0.0) { sum, _ in
        let z = Double(generator.normal())
        return sum + z * z
      }
      let spread = (variance * Double(degrees) / max(chiSquare, 0.05 * Double(degrees))).squareRoot()
      let noisy = points.indices.map { index in
        best.value(at: Double(points[index].labels)) + spread / tail[index].squareRoot() * Double(generator.normal())
          + (standardErrors?[index] ?? 0) * shared
      }
      samples.append(search.fit(noisy, weights, variance: max(variance, Self.floor(standardErrors))))
    }
    self.samples = samples
  }

  /// The least variance of a point that the prior is weighed with: three points always lie on a curve.
  private static func floor(_ standardErrors: [Double]?) -> Double {
    guard let standardErrors else { return 1e-8 }
    let mean = standardErrors.reduce(0, +) / Double(standardErrors.count)
    return max(1e-8, mean * mean / 4)
  }

  /// The value expected at a number of labels.
  ///
  /// O(300).
  public func value(at labels: Int) -> Forecast {
    forecast { $0.value(at: Double(max(1, labels))) }
  }

  /// What `more` labels are expected to bring beyond `labels`; never negative.
  ///
  /// O(300).
  public func expectedGain(of more: Int = 100, from labels: Int) -> Forecast {
    let (start, end) = (Double(max(1, labels)), Double(max(1, labels) + max(0, more)))
    return forecast { $0.value(at: end) - $0.value(at: start) }
  }

  /// The number of labels at which the fitted curve meets `target`; nil where it never does, or only beyond 10⁹.
  public func labelsToReach(_ target: Double) -> Double? {
    let gap = parameters.asymptote - target
    if parameters.scale <= 0 { return gap >= 0 ? 1 : nil }
    guard gap > 0 else { return nil }
    let labels = max(1, pow(parameters.scale / gap, 1 / parameters.exponent))
    return labels <= 1e9 ? labels : nil
  }

  private func forecast(_ figure: (Parameters) -> Double) -> Forecast {
    let drawn = samples.map(figure).sorted()
    let value = figure(parameters)
    return Forecast(
      value: value,
      interval: Interval(
        lower: min(value, Distributions.quantile(drawn, 0.025)),
        upper: max(value, Distributions.quantile(drawn, 0.975))))
  }
}

/// Weighted least squares over a grid of exponents, refined around the best.
private struct PowerLawSearch {
  let labels: [Double]
  /// Label counts relative to the first, so that their powers stay near 1.
  private let relative: [Double]
  private let grid: [(exponent: Double, powers: [Double])]

  init(labels: [Double]) {
    self.labels = labels
    let first = labels[0]
    let relative = labels.map { $0 / first }
    self.relative = relative
    grid = (0..<60).map { step in
      let exponent = 0.05 * pow(60, Double(step) / 59)
      return (exponent, relative.map { pow($0, -exponent) })
    }
  }

  /// - Parameter variance: of a point; 0 leaves the prior out.
  func fit(_ values: [Double], _ weights: [Double], variance: Double) -> PowerLawFit.Parameters {
    func penalty(_ exponent: Double) -> Double {
      let gap = log(exponent / 0.6) / 0.8
      return variance * gap * gap
    }
    let losses = grid.map { solve(values, weights, $0.powers).loss + penalty($0.exponent) }
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    // Golden section between the neighbours of the best grid point.
    var (low, high) = (grid[max(0, best - 1)].exponent, grid[min(grid.count - 1, best + 1)].exponent)
    let ratio = 0.618_033_988_749_895
    func loss(_ exponent: Double) -> Double {
      solve(values, weights, relative.map { pow($0, -exponent) }).loss + penalty(exponent)
    }
    var (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
    var (lossA, lossB) = (loss(a), loss(b))
    for _ in 0..<20 {
      if lossA <= lossB {
        (high, b, lossB) = (b, a, lossA)
        a = high - ratio * (high - low)
        lossA = loss(a)
      } else {
        (low, a, lossA) = (a, b, lossB)
        b = low + ratio * (high - low)
        lossB = loss(b)
      }
    }
    let refined = lossA <= lossB ? a : b
    let exponent = min(lossA, lossB) <= losses[best] ? refined : grid[best].exponent
    let solution = solve(values, weights, relative.map { pow($0, -exponent) })
    return .init(
      asymptote: solution.asymptote, scale: solution.drop * pow(labels[0], exponent), exponent: exponent)
  }

  /// The best `a` and `b` in `y = a − b·x` within their bounds, and the weighted sum of squares that is left.
  private func solve(
    _ y: [Double], _ w: [Double], _ x: [Double]
  ) -> (asymptote: Double, drop: Double, loss: Double) {
    var (sum, sumX, sumY, sumXX, sumXY) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for index in y.indices {
      sum += w[index]
      sumX += w[index] * x[index]
      sumY += w[index] * y[index]
      sumXX += w[index] * x[index] * x[index]
      sumXY += w[index] * x[index] * y[index]
    }
    let determinant = sum * sumXX - sumX * sumX
    var drop = determinant > 1e-12 * sum * sumXX ? (sumX * sumY - sum * sumXY) / determinant : 0
    if drop < 0 { drop = 0 }
    var asymptote = (sumY + drop * sumX) / sum
    if asymptote > 1 {
      asymptote = 1
      drop = max(0, (sumX - sumXY) / sumXX)
    } else if asymptote < 0 {
      asymptote = 0
      drop = max(0, -sumXY / sumXX)
    }
    let loss = y.indices.reduce(0.0) { total, index in
      let gap = y[index] - asymptote + drop * x[index]
      return total + w[index] * gap * gap
    }
    return (asymptote, drop, loss)
  }
}
