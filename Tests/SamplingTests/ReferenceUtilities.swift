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
    "entropy_diverse": { entropy(mean($0)) },
    "density_weighted": { entropy(mean($0)) },
    "badge": { margin(mean($0)) },
    "contrastive": { margin(mean($0)) },
    "consensus_entropy": { entropy(mean($0)) },
    "bald": { byCommittee($0, meanDivergenceFromMean) },
    "bald_diverse": { byCommittee($0, meanDivergenceFromMean) },
    "batch_bald": { byCommittee($0, meanDivergenceFromMean) },
    "power_bald": { byCommittee($0, meanDivergenceFromMean) },
    "augmentation_kl": { byCommittee($0, meanDivergenceFromMean) },
    "max_kl": { byCommittee($0) { members in members.map { divergence($0, from: mean(members)) }.max() ?? 0 } },
    "variation_ratio": { byCommittee($0) { 1 - (votes($0).max() ?? 0) } },
    "augmentation_disagreement": { byCommittee($0) { 1 - (votes($0).max() ?? 0) } },
    "vote_entropy": { byCommittee($0) { entropy(votes($0)) } },
    "mean_std": {
      byCommittee($0) { members in variances(members).reduce(0) { $0 + $1.squareRoot() } / Double(members[0].count) }
    },
    "augmentation_variance": { byCommittee($0) { variances($0).reduce(0, +) } },
    "chance_of_error": { members in 1 - mean(members).reduce(0) { $0 + $1 * $1 } },
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

  /// What is computed of a committee; of one member alone, the margin.
  static func byCommittee(_ members: [[Double]], _ rule: ([[Double]]) -> Double) -> Double {
    members.count == 1 ? margin(members[0]) : rule(members)
  }

  /// The share of members whose likeliest class is each class.
  static func votes(_ members: [[Double]]) -> [Double] {
    var shares = [Double](repeating: 0, count: members[0].count)
    for row in members {
      let best = row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
      shares[best] += 1 / Double(members.count)
    }
    return shares
  }

  /// The population variance over members of each class.
  static func variances(_ members: [[Double]]) -> [Double] {
    let mean = mean(members)
    return mean.indices.map { label in
      members.reduce(0) { $0 + ($1[label] - mean[label]) * ($1[label] - mean[label]) } / Double(members.count)
    }
  }

  static func divergence(_ row: [Double], from other: [Double]) -> Double {
    zip(row, other).reduce(0.0) { sum, pair in pair.0 > 0 ? sum + pair.0 * log(pair.0 / pair.1) : sum }
  }

  /// Mean Kullback-Leibler divergence of the members from their mean: another way to the mutual information.
  static func meanDivergenceFromMean(_ members: [[Double]]) -> Double {
    let mean = mean(members)
    return members.map { divergence($0, from: mean) }.reduce(0, +) / Double(members.count)
  }

  /// The mutual information of the members and the labels of some items together: over all labellings, one by one.
  static func jointInformation(of items: [Int], in predictions: CommitteePredictions) -> Double {
    let rows = items.map { Self.rows(of: $0, in: predictions) }
    let conditional = rows.reduce(0) { $0 + $1.reduce(0) { $0 + entropy($1) } / Double(predictions.members) }
    var labellings: [[Int]] = [[]]
    for _ in items { labellings = labellings.flatMap { head in (0..<predictions.classes).map { head + [$0] } } }
    let joint = labellings.map { labelling in
      (0..<predictions.members).reduce(0) { sum, member in
        sum + labelling.indices.reduce(1) { $0 * rows[$1][member][labelling[$1]] }
      } / Double(predictions.members)
    }
    return entropy(joint) - conditional
  }
}
