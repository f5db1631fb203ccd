import Foundation
import Learning
import Tensors
import Testing

@Suite struct PairedComparisonTests {
  @Test("Small samples agree with figures worked out by hand")
  func byHand() throws {
    // Differences 1, 2, 3, -4: ranks 1 2 3 | 4, so the smaller rank sum is 4.
    let result = try pairedComparison([1, 2, 3, 0], [0, 0, 0, 4])
    #expect(result.count == 4 && result.wins == 3 && result.ties == 0)
    #expect(result.meanDifference == 0.5)
    #expect(result.wilcoxonStatistic == 4)
    // Rank sums of at most 4 out of 16 patterns: {} {1} {2} {3} {4} {1,2} {1,3}: 7, times two.
    #expect(abs(result.wilcoxonPValue - 14.0 / 16) < 1e-12)
    let error = ((0.25 + 2.25 + 6.25 + 20.25) / 3 / 4).squareRoot()
    #expect(abs(result.tStatistic - 0.5 / error) < 1e-12)
    // Student's t with 3 degrees of freedom at 97.5 %.
    #expect(abs(result.interval.upper - (0.5 + 3.182_446_305 * error)) < 1e-8)
  }

  @Test("A difference that is always the same is certain, and none is no difference")
  func degenerate() throws {
    let same = try pairedComparison([1, 2, 3], [1, 2, 3])
    #expect(same.tStatistic == 0 && same.tPValue == 1 && same.wilcoxonPValue == 1 && same.ties == 3)
    #expect(same.interval == Interval(lower: 0, upper: 0))
    let shifted = try pairedComparison([2, 3, 4], [1, 2, 3])
    #expect(shifted.tStatistic == .infinity && shifted.tPValue == 0)
    #expect(abs(shifted.wilcoxonPValue - 0.25) < 1e-12)
    #expect(shifted.bootstrapInterval == Interval(lower: 1, upper: 1))
  }

  @Test("Bad input is refused with the reason")
  func refused() {
    #expect(throws: CurveError.countMismatch(first: 2, second: 1)) { try pairedComparison([1, 2], [1]) }
    #expect(throws: CurveError.tooFew(needed: 2, actual: 1, of: "pairs")) { try pairedComparison([1], [1]) }
    #expect(throws: CurveError.notFinite(index: 1)) { try pairedComparison([1, 2], [1, .infinity]) }
  }

  @Test("The bootstrap interval covers a mean about as often as it says, and depends on the seed alone")
  func bootstrap() throws {
    var generator = SeededGenerator(seed: 3)
    var covered = 0
    for trial in 0..<200 {
      let values = (0..<40).map { _ in 1 + Double(generator.normal()) }
      let zeros = [Double](repeating: 0, count: 40)
      let result = try pairedComparison(values, zeros, seed: UInt64(trial), resamples: 500)
      if result.bootstrapInterval.lower <= 1 && result.bootstrapInterval.upper >= 1 { covered += 1 }
      if trial == 0 {
        #expect(try result == pairedComparison(values, zeros, seed: 0, resamples: 500))
        #expect(try result != pairedComparison(values, zeros, seed: 1, resamples: 500))
      }
    }
    #expect((176...199).contains(covered))
  }

  /// Pairs of several sizes, with and without ties.
  static func samples() -> [[[Double]]] {
    var generator = SeededGenerator(seed: 11)
    return [(5, 0.0), (10, 0), (10, 0.25), (12, 0.5), (40, 0), (60, 0), (80, 0.25)].map { count, grid in
      let pairs = (0..<count).map { _ in
        let value = Double(generator.normal()) + 0.4
        return grid == 0 ? value : (value / grid).rounded() * grid
      }
      return [pairs, [Double](repeating: 0, count: count)]
    }
  }

  @Test("Tests and intervals agree with scipy", .enabled(if: PythonReference.hasScipy, "Python has no scipy"))
  func scipy() throws {
    let samples = Self.samples()
    let script = """
      import itertools, numpy as np
      from scipy import stats
      out = []
      for a, b in x:
          d = np.array(a) - np.array(b)
          t = stats.ttest_rel(a, b)
          ci = t.confidence_interval(0.95)
          kept = d[d != 0]
          tied = len(np.unique(np.abs(kept))) < len(kept)
          if tied and len(kept) <= 14:
              ranks = stats.rankdata(np.abs(kept))
              w = min(ranks[kept > 0].sum(), ranks[kept < 0].sum())
              sums = [np.dot(s, ranks) for s in itertools.product([0, 1], repeat=len(kept))]
              p = min(1, 2 * np.mean(np.array(sums) <= w + 1e-9))
          else:
              r = stats.wilcoxon(d, method="exact" if len(kept) <= 50 else "approx")
              w, p = r.statistic, r.pvalue
          out.append([float(v) for v in (t.statistic, t.pvalue, ci.low, ci.high, w, p)])
      print(json.dumps(out))
      """
    let expected: [[Double]] = try PythonReference.run(script, samples)
    #expect(expected.count == samples.count)
    for (sample, figures) in zip(samples, expected) {
      let ours = try pairedComparison(sample[0], sample[1])
      let all = [
        ours.tStatistic, ours.tPValue, ours.interval.lower, ours.interval.upper, ours.wilcoxonStatistic,
        ours.wilcoxonPValue,
      ]
      for (a, b) in zip(all, figures) { #expect(abs(a - b) < 1e-9 * max(1, abs(b)), "\(sample[0].count) pairs") }
    }
  }

  @Test("The incomplete beta function agrees with scipy", .enabled(if: PythonReference.hasScipy, "Python has no scipy"))
  func incompleteBeta() throws {
    var cases: [[Double]] = []
    for (a, b) in [(0.5, 0.5), (1, 3), (2.5, 7), (40, 60), (0.1, 900), (5000, 4000), (100_000, 0.5)] {
      for x in [0, 1e-6, 0.1, 0.5, 0.555, 0.9, 1 - 1e-9, 1] { cases.append([a, b, x]) }
    }
    let expected: [Double] = try PythonReference.run(
      "from scipy.special import betainc\nprint(json.dumps([float(betainc(*c)) for c in x]))", cases)
    for (c, value) in zip(cases, expected) {
      #expect(abs(regularizedIncompleteBeta(c[2], c[0], c[1]) - value) < 1e-11, "\(c)")
    }
    #expect(regularizedIncompleteBeta(1.5, 1, 1).isNaN && regularizedIncompleteBeta(0.5, 0, 1).isNaN)
  }
}
