import Foundation
import Tensors

/// The utilities as they stand in the papers: plain loops in double precision, one item at a time.
enum ReferenceUtilities {
  typealias Rule = @Sendable (_ members: [[Double]]) -> Double

  /// What each pointwise strategy computes from the `(t, c)` rows of one item.
  static let rules: [String: Rule] = [
    "least_confidence": { 1 - (mean($0).max() ?? 1) },
    "margin": { margin(mean($0)) },
    "margin_diverse": { margin(mean($0)) },
    "auto": { margin(mean($0)) },
    "entropy": { entropy(mean($0)) },
    "consensus_entropy": { entropy(mean($0)) },
    "bald": { $0.count == 1 ? margin($0[0]) : meanDivergenceFromMean($0) },
    "typiclust": { _ in 0 },
  ]

  static func utilities(_ name: String, of predictions: CommitteePredictions) -> [Float]? {
    guard let rule = rules[name] else { return nil }
    return (0..<predictions.items).map { item in
      predictions.classes <= 1 ? 0 : Float(rule(rows(of: item, in: predictions)))
    }
  }

  static func rows(of item: Int, in predictions: CommitteePredictions) -> [[Double]] {
    (0..<predictions.members).map { member in
      let start = (member * predictions.items + item) * predictions.classes
      return predictions.values[start..<start + predictions.classes].map(Double.init)
    }
  }

  static func mean(_ members: [[Double]]) -> [Double] {
    members[0].indices.map { index in members.reduce(0) { $0 + $1[index] } / Double(members.count) }
  }

  static func margin(_ row: [Double]) -> Double {
    let sorted = row.sorted(by: >)
    return 1 - (sorted[0] - sorted[1])
  }

  static func entropy(_ row: [Double]) -> Double { -row.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 } }

  /// Mean Kullback-Leibler divergence of the members from their mean: another way to the mutual information.
  static func meanDivergenceFromMean(_ members: [[Double]]) -> Double {
    let mean = mean(members)
    let divergences = members.map { row in
      zip(row, mean).reduce(0.0) { sum, pair in pair.0 > 0 ? sum + pair.0 * log(pair.0 / pair.1) : sum }
    }
    return divergences.reduce(0, +) / Double(members.count)
  }
}
