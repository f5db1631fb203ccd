/// Agreement of many annotators, corrected for chance, where every item has the same number of opinions.
public struct FleissKappa: Sendable, Equatable {
  /// 1 is perfect, 0 is chance.
  public let value: Double
  /// Opinions on each item that was counted.
  public let raters: Int
  /// Items that were counted.
  public let items: Int
}

/// Fleiss' κ over the items that have exactly `raters` opinions.
///
/// It is defined for a fixed number of opinions an item only; ``krippendorffAlpha(_:level:)`` takes any number.
/// Source: Fleiss, "Measuring Nominal Scale Agreement Among Many Raters", 1971.
///
/// - Parameter raters: the number of opinions; where missing, the one of at least 2 that most items have, the larger of
///   equally frequent ones.
/// - Returns: `nil` where no item has that many, or where all opinions are one and the same label.
/// - Complexity: O(opinions + classes) time and space.
public func fleissKappa(_ opinions: Opinions, raters: Int? = nil) -> FleissKappa? {
  let index = OpinionIndex(opinions)
  var frequency: [Int: Int] = [:]
  for item in 0..<opinions.items where index.count(item) >= 2 { frequency[index.count(item), default: 0] += 1 }
  let common = frequency.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
  guard let raters = raters ?? common, raters >= 2, let items = frequency[raters] else { return nil }
  var totals = [Double](repeating: 0, count: opinions.classes)
  var votes = [Int](repeating: 0, count: opinions.classes)
  var pairs = 0
  for item in 0..<opinions.items where index.count(item) == raters {
    // Each opinion agrees with those of its label that came before it.
    for place in index.range(item) {
      pairs += votes[index.labels[place]]
      votes[index.labels[place]] += 1
      totals[index.labels[place]] += 1
    }
    for place in index.range(item) { votes[index.labels[place]] = 0 }
  }
  let observed = 2 * Double(pairs) / Double(items * raters * (raters - 1))
  let all = Double(items * raters)
  let expected = totals.reduce(0) { $0 + ($1 / all) * ($1 / all) }
  guard expected < 1 else { return nil }
  return FleissKappa(value: (observed - expected) / (1 - expected), raters: raters, items: items)
}
