import Tensors

/// What paired measurements, such as two strategies over the same seeds, say about their difference.
public struct PairedComparison: Codable, Sendable, Equatable {
  /// Number of pairs, `n`.
  public let count: Int
  /// Pairs in which the first is above the second.
  public let wins: Int
  /// Pairs in which both are equal.
  public let ties: Int
  /// The mean of first minus second.
  public let meanDifference: Double
  /// The 95 % interval of the mean difference by Student's t with `n - 1` degrees of freedom.
  public let interval: Interval
  /// The 95 % interval of the mean difference by the percentile bootstrap, which assumes no shape.
  public let bootstrapInterval: Interval
  /// The paired t statistic; infinite where all differences are equal and not 0, and 0 where all are 0.
  public let tStatistic: Double
  /// The two-sided p-value of the paired t test.
  public let tPValue: Double
  /// Wilcoxon's signed-rank statistic: the smaller of the rank sums of positive and negative differences.
  public let wilcoxonStatistic: Double
  /// The two-sided p-value of Wilcoxon's signed-rank test; 1 where all differences are 0.
  public let wilcoxonPValue: Double
}

/// Compares `first` with `second`, pair by pair.
///
/// Wilcoxon's test leaves out differences of 0 and ranks ties by their mean; up to 50 differences its p-value is exact (with
/// ties too, by counting the sign patterns), beyond that normal with the correction for ties.
///
/// Source: Wilcoxon, 1945; Efron and Tibshirani, "An Introduction to the Bootstrap", 1993.
/// - Parameters:
///   - seed: what the bootstrap draws from.
///   - resamples: of the bootstrap.
/// - Throws: ``CurveError``: counts that differ, fewer than two pairs, a value that is not finite.
public func pairedComparison(
  _ first: [Double], _ second: [Double], seed: UInt64 = 0, resamples: Int = 4000
) throws(CurveError) -> PairedComparison {
  if first.count != second.count { throw .countMismatch(first: first.count, second: second.count) }
  if first.count < 2 { throw .tooFew(needed: 2, actual: first.count, of: "pairs") }
  if resamples < 1 { throw .invalid("resamples is \(resamples), but must be at least 1") }
  for index in first.indices where !(first[index].isFinite && second[index].isFinite) {
    throw .notFinite(index: index)
  }
  let differences = zip(first, second).map { $0 - $1 }
  let n = Double(differences.count)
  let mean = differences.reduce(0, +) / n
  let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
  let error = (variance / n).squareRoot()
  let t = mean == 0 ? 0 : mean / error
  let reach = Distributions.studentQuantile(tail: 0.05, degrees: n - 1) * error
  let wilcoxon = signedRankTest(differences)
  return PairedComparison(
    count: differences.count, wins: differences.count { $0 > 0 }, ties: differences.count { $0 == 0 },
    meanDifference: mean, interval: Interval(lower: mean - reach, upper: mean + reach),
    bootstrapInterval: bootstrapMeanInterval(differences, seed: seed, resamples: resamples), tStatistic: t,
    tPValue: Distributions.twoSidedStudent(t, degrees: n - 1), wilcoxonStatistic: wilcoxon.statistic,
    wilcoxonPValue: wilcoxon.pValue)
}

/// The 95 % interval of a mean by Student's t, for a few independent values; nil for fewer than two.
public func meanInterval(_ values: [Double]) -> Interval? {
  guard values.count >= 2 else { return nil }
  let n = Double(values.count)
  let mean = values.reduce(0, +) / n
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
  let reach = Distributions.studentQuantile(tail: 0.05, degrees: n - 1) * (variance / n).squareRoot()
  return Interval(lower: mean - reach, upper: mean + reach)
}

/// The 95 % percentile interval of the mean over resamples drawn with replacement.
private func bootstrapMeanInterval(_ values: [Double], seed: UInt64, resamples: Int) -> Interval {
  var generator = SeededGenerator(seed: seed)
  let means = (0..<resamples).map { _ in
    values.indices.reduce(0) { sum, _ in sum + values[generator.index(below: values.count)] } / Double(values.count)
  }.sorted()
  return Interval(lower: Distributions.quantile(means, 0.025), upper: Distributions.quantile(means, 0.975))
}
