/// How much it matters by how far two labels differ.
public enum KappaWeights: String, Sendable, CaseIterable {
  /// Any difference counts alike: labels without order.
  case none
  /// A difference counts by its size: labels in the order of their numbers.
  case linear
  /// A difference counts by the square of its size.
  case quadratic

  func weight(_ first: Int, _ second: Int) -> Double {
    let distance = Double(abs(first - second))
    return switch self {
    case .none: first == second ? 0 : 1
    case .linear: distance
    case .quadratic: distance * distance
    }
  }
}

/// Agreement of two annotators on the same items, corrected for chance: 1 is perfect, 0 is chance.
///
/// Sources: Cohen, "A Coefficient of Agreement for Nominal Scales", 1960; "Weighted Kappa", 1968.
///
/// - Parameters:
///   - first: labels of the one `(n)`, each in `0..<classes`.
///   - second: labels of the other on the same items `(n)`.
/// - Returns: a value of at most 1; `nil` without items, or where both always gave one and the same label, so that there is
///   nothing to tell apart.
/// - Complexity: O(n + u²) for `u` classes that were used.
public func cohenKappa(_ first: [Int], _ second: [Int], classes: Int, weights: KappaWeights = .none) -> Double? {
  precondition(first.count == second.count, "both annotators label the same items")
  guard !first.isEmpty else { return nil }
  var (left, right) = ([Int: Double](), [Int: Double]())
  var observed = 0.0
  for (one, other) in zip(first, second) {
    left[one, default: 0] += 1
    right[other, default: 0] += 1
    observed += weights.weight(one, other)
  }
  // Whole numbers up to here: the order in which a dictionary is walked changes nothing.
  var expected = 0.0
  for (one, count) in left {
    for (other, times) in right { expected += weights.weight(one, other) * count * times }
  }
  expected /= Double(first.count)
  return expected > 0 ? 1 - observed / expected : nil
}

/// Agreement of one pair of annotators.
public struct PairwiseKappa: Sendable, Equatable {
  /// The one of the smaller number.
  public let first: Int
  /// The other.
  public let second: Int
  /// Items that both labelled.
  public let items: Int
  /// Share of them with the same label.
  public let agreement: Double
  /// Cohen's κ; `nil` where it is not defined.
  public let kappa: Double?
}

/// Cohen's κ of every pair of annotators that have an item in common, ordered by their numbers.
///
/// - Complexity: O(Σ mᵢ²) time and space for `mᵢ` opinions on item `i`, and the cost of ``cohenKappa(_:_:classes:weights:)``.
public func pairwiseCohenKappa(_ opinions: Opinions, weights: KappaWeights = .none) -> [PairwiseKappa] {
  let index = OpinionIndex(opinions)
  var shared: [Int: (first: [Int], second: [Int])] = [:]
  for item in 0..<opinions.items {
    let range = index.range(item)
    for one in range {
      for other in range where index.annotators[one] < index.annotators[other] {
        let pair = index.annotators[one] * opinions.annotators + index.annotators[other]
        shared[pair, default: ([], [])].first.append(index.labels[one])
        shared[pair, default: ([], [])].second.append(index.labels[other])
      }
    }
  }
  return shared.keys.sorted().compactMap { pair in
    guard let labels = shared[pair] else { return nil }
    let same = zip(labels.first, labels.second).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    return PairwiseKappa(
      first: pair / opinions.annotators, second: pair % opinions.annotators, items: labels.first.count,
      agreement: Double(same) / Double(labels.first.count),
      kappa: cohenKappa(labels.first, labels.second, classes: opinions.classes, weights: weights))
  }
}
