private import Glibc
import Tensors

/// The rows that carry evidence, the labelled and the rejected, with what they say and how much that counts.
struct EvidenceRows: Sendable {
  /// Rows in the feature matrix, `(m)`: labelled ones first, then rejected ones.
  let rows: [Int]
  /// Learnability of each, `ℓ`, in `0...1`, `(m)`; 0 for the rejected.
  let learnability: [Float]
  /// How much each counts, `v`, in `0...1`, `(m)`; see ``init(_:agreementNeighbours:classSupport:pool:)``.
  let weights: [Float]
  /// Their features, `(m, d)`.
  let features: Matrix
  /// The number of labelled rows; the others are rejected.
  let labelled: Int

  /// Joins labelled and rejected rows; a row that is both counts as rejected.
  ///
  /// A label whose class has `s` other labels counts `s² / (s² + classSupport²)`: that a model misses a class of which it
  /// has seen one example says nothing about the item. Without this a project of 150 classes with 300 labels would have
  /// three quarters of its pool excluded.
  /// - Parameters:
  ///   - agreementNeighbours: nearest labelled rows that can confirm a label, `ℓ = max(c, a)`.
  ///   - classSupport: other labels of its class at which a label counts half; 0 counts all fully.
  /// - Complexity: O(L²·d).
  init(_ evidence: LearnabilityEvidence, agreementNeighbours: Int, classSupport: Double, pool: ComputePool?) {
    let rejected = Set(evidence.rejectedRows)
    let kept = evidence.labelledRows.indices.filter { !rejected.contains(evidence.labelledRows[$0]) }
    let agreement = labelAgreement(evidence, neighbours: agreementNeighbours, pool: pool)
    var counts = [Int](repeating: 0, count: evidence.classes)
    for label in evidence.labelledClasses { counts[label] += 1 }
    labelled = kept.count
    rows = kept.map { evidence.labelledRows[$0] } + rejected.sorted()
    learnability =
      kept.map { max(evidence.learnability[$0], agreement[$0]) } + [Float](repeating: 0, count: rejected.count)
    weights =
      kept.map { item in
        let others = Double(counts[evidence.labelledClasses[item]] - 1)
        return classSupport > 0 ? Float(others * others / (others * others + classSupport * classSupport)) : 1
      } + [Float](repeating: 1, count: rejected.count)
    features = evidence.features.gatherRows(rows)
  }

  /// The weighted mean learnability, with 1.6 of 2 good before the first: `μ`.
  var priorMean: Double {
    let good = zip(weights, learnability).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    return (good + 1.6) / (weights.reduce(0.0) { $0 + Double($1) } + 2)
  }

  /// The squared bandwidth `h²`: twice the median over candidates of the squared distance to the 5th of these rows.
  ///
  /// Over a sample of 2,000 candidates where there are more.
  /// - Complexity: O(2000·m·d).
  func squaredBandwidth(
    for evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) -> Double {
    var sample = evidence.candidates
    if sample.count > 2000 {
      generator.shuffle(&sample)
      sample.removeSubrange(2000...)
    }
    var distances: [Float] = []
    forEachNeighbourhood(of: sample, in: evidence.features, among: features.view, k: 5, pool: pool) { _, _, squared in
      if let last = squared.last { distances.append(last) }
    }
    distances.sort()
    return distances.isEmpty ? 0 : 2 * Double(distances[distances.count / 2])
  }

  /// What the neighbours of a candidate say: weighted sums of `ℓ` and of `1 − ℓ`.
  func testimony(
    _ indices: [Int], _ squaredDistances: [Float], squaredBandwidth: Double
  ) -> (good: Double, bad: Double) {
    var (good, bad) = (0.0, 0.0)
    for (index, squared) in zip(indices, squaredDistances) {
      let kernel = squaredBandwidth > 0 ? exp(-Double(squared) / squaredBandwidth) : (squared == 0 ? 1 : 0)
      let weight = kernel * Double(weights[index])
      good += weight * Double(learnability[index])
      bad += weight * Double(1 - learnability[index])
    }
    return (good, bad)
  }

  /// An excluded candidate with the neighbours that spoke against it, nearest first, and a sentence about them.
  func excluded(row: Int, probability: Double, neighbours: [Int]) -> ExcludedItem {
    let failed = neighbours.filter { learnability[$0] < 0.5 }
    let refused = failed.filter { $0 >= labelled }.count
    var parts: [String] = []
    if failed.count > refused {
      parts.append("\(failed.count - refused) carry labels that models trained on the others miss")
    }
    if refused > 0 { parts.append("\(refused) were skipped or flagged") }
    let what = parts.isEmpty ? "most are hard to predict" : parts.joined(separator: " and ")
    return ExcludedItem(
      row: row, probability: probability,
      reason: "Of its \(neighbours.count) nearest labelled or rejected items \(what); the probability that models"
        + " fail on items like this is \(percent(probability)).",
      neighbours: (failed.isEmpty ? neighbours : failed).map { rows[$0] })
  }
}

/// A share as a whole percentage, at most 99 where it is below 1.
func percent(_ share: Double) -> String {
  "\(share < 1 ? min(99, Int((share * 100).rounded())) : 100) %"
}
