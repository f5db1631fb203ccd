/// How far two sets of labels differ, from 0 to 1.
public enum SetDistance: String, Sendable, CaseIterable {
  /// Jaccard times monotonicity: a set within the other differs less than one that crosses it.
  ///
  /// Source: Passonneau, "Measuring Agreement on Set-valued Items (MASI) for Semantic and Pragmatic Annotation", 2006.
  case masi
  /// 1 less the share of common labels among all that either has.
  case jaccard

  /// The distance of two ascending lists; two empty sets are alike.
  public func callAsFunction(_ one: [Int], _ other: [Int]) -> Double {
    if one == other { return 0 }
    let common = Double(Set(one).intersection(other).count)
    let union = Double(one.count + other.count) - common
    let jaccard = common / union
    switch self {
    case .jaccard: return 1 - jaccard
    case .masi:
      // Not equal: 2/3 where one holds the other, 1/3 where they cross; where nothing is common, Jaccard is 0.
      let isNested = Int(common) == min(one.count, other.count)
      return 1 - jaccard * (isNested ? 2 : 1) / 3
    }
  }
}

/// Krippendorff's α of annotators whose answers are sets of labels.
///
/// - Returns: a value of at most 1; `nil` where no item has two opinions or all opinions are one set.
/// - Complexity: O((Σ mᵢ² + s²) · L) time for `mᵢ` opinions on item `i` and `s` different sets, O(opinions · L) space.
public func krippendorffAlpha(_ opinions: SetOpinions, distance: SetDistance = .masi) -> Double? {
  var byItem = [[[Int]]](repeating: [], count: opinions.items)
  for opinion in opinions.opinions { byItem[opinion.item].append(opinion.labels) }
  var totals: [[Int]: Double] = [:]
  var observed = 0.0
  for sets in byItem where sets.count >= 2 {
    var sum = 0.0
    for (position, one) in sets.enumerated() {
      totals[one, default: 0] += 1
      for other in sets[(position + 1)...] { sum += 2 * distance(one, other) }
    }
    observed += sum / Double(sets.count - 1)
  }
  // In a fixed order, so that rounding is the same in each run.
  let sets = totals.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  var expected = 0.0
  for (position, one) in sets.enumerated() {
    for other in sets[(position + 1)...] { expected += 2 * one.value * other.value * distance(one.key, other.key) }
  }
  return alpha(observed: observed, expected: expected, opinions: totals.values.reduce(0, +))
}

/// Nominal α of each label by itself `(L)`, chosen or not; `nil` for a label that always or never was chosen.
///
/// - Complexity: O(L · opinions).
public func krippendorffAlphaPerLabel(_ opinions: SetOpinions) -> [Double?] {
  (0..<opinions.labels).map { krippendorffAlpha(opinions.binary($0)) }
}
