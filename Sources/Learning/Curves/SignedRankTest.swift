/// Wilcoxon's signed-rank test of differences: its statistic, and the two-sided probability of one as extreme.
func signedRankTest(_ differences: [Double]) -> (statistic: Double, pValue: Double) {
  let kept = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
  if kept.isEmpty { return (0, 1) }
  // Ranks are counted in halves, so that the mean rank of a tie is an integer.
  var doubledRanks = [Int](repeating: 0, count: kept.count)
  var tieCorrection = 0.0
  var start = 0
  while start < kept.count {
    let end = kept[start...].firstIndex { abs($0) != abs(kept[start]) } ?? kept.count
    for index in start..<end { doubledRanks[index] = start + 1 + end }
    let size = Double(end - start)
    tieCorrection += size * size * size - size
    start = end
  }
  let positive = zip(kept, doubledRanks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
  let total = doubledRanks.reduce(0, +)
  let smaller = min(positive, total - positive)
  let p =
    kept.count <= 50
    ? exactSignedRank(doubledRanks, smaller) : normalSignedRank(kept.count, Double(smaller) / 2, tieCorrection)
  return (Double(smaller) / 2, min(1, p))
}

/// Twice the share of all sign patterns whose positive ranks sum to at most `sum`, by dynamic programming over sums.
private func exactSignedRank(_ doubledRanks: [Int], _ sum: Int) -> Double {
  // Shares instead of counts: 2⁵⁰ patterns fit a double either way, and shares need no division at the end.
  var shares = [Double](repeating: 0, count: sum + 1)
  shares[0] = 1
  for rank in doubledRanks {
    for target in stride(from: sum, through: 0, by: -1) {
      shares[target] = 0.5 * (shares[target] + (target >= rank ? shares[target - rank] : 0))
    }
  }
  return 2 * shares.reduce(0, +)
}

/// The normal approximation, with the variance corrected for ties.
private func normalSignedRank(_ count: Int, _ statistic: Double, _ tieCorrection: Double) -> Double {
  let n = Double(count)
  let mean = n * (n + 1) / 4
  let variance = n * (n + 1) * (2 * n + 1) / 24 - tieCorrection / 48
  return 2 * Distributions.normal((statistic - mean) / variance.squareRoot())
}
