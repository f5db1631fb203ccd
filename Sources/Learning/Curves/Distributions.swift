private import Glibc
import Tensors

/// The distribution functions that intervals and tests need.
enum Distributions {
  /// The probability that a standard normal variable is at most `z`.
  static func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

  /// The probability that |T| is at least |t| where T is Student's with `degrees` degrees of freedom.
  static func twoSidedStudent(_ t: Double, degrees: Double) -> Double {
    if t.isInfinite { return 0 }
    return regularizedIncompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
  }

  /// The t that |T| exceeds with probability `tail`, in `0 < tail < 1`; by bisection on the tail probability.
  static func studentQuantile(tail: Double, degrees: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while twoSidedStudent(high, degrees: degrees) > tail { high *= 2 }
    for _ in 0..<200 where high - low > 1e-13 * high {
      let middle = (low + high) / 2
      if twoSidedStudent(middle, degrees: degrees) > tail { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The `share`-quantile of sorted numbers, linear between order statistics (numpy's default).
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = share * Double(sorted.count - 1)
    let below = Int(position.rounded(.down))
    if below >= sorted.count - 1 { return last }
    return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}
