/// What the differences between labels mean.
public enum LevelOfMeasurement: Sendable, Equatable {
  /// Labels without order: any difference counts alike.
  case nominal
  /// Labels in the order of their numbers, without distances.
  case ordinal
  /// Labels that stand for numbers `(c)`; the label's own number where missing.
  case interval([Double]? = nil)
}

/// Agreement of any number of annotators, of whom each may have said nothing about most items: 1 is perfect, 0 is chance.
///
/// `α = 1 − D_o / D_e`: how far the opinions on one item differ, against how far any two opinions differ. Items of one
/// opinion say nothing and are left out.
/// Source: Krippendorff, "Content Analysis: An Introduction to Its Methodology", ch. 11; "Computing Krippendorff's
/// Alpha-Reliability", 2011.
///
/// - Returns: a value of at most 1; `nil` where no item has two opinions or all opinions are of one label.
/// - Complexity: O(Σ u² + c²) time for `u` different labels on an item, O(opinions + c) space; nominal takes no `c²`.
public func krippendorffAlpha(_ opinions: Opinions, level: LevelOfMeasurement = .nominal) -> Double? {
  let index = OpinionIndex(opinions)
  var totals = [Double](repeating: 0, count: opinions.classes)
  for item in 0..<opinions.items where index.count(item) >= 2 {
    for place in index.range(item) { totals[index.labels[place]] += 1 }
  }
  let distance = LabelDistance(level, totals: totals)
  var votes = [Double](repeating: 0, count: opinions.classes)
  var observed = 0.0
  for item in 0..<opinions.items where index.count(item) >= 2 {
    var used: [Int] = []
    for place in index.range(item) {
      if votes[index.labels[place]] == 0 { used.append(index.labels[place]) }
      votes[index.labels[place]] += 1
    }
    used.sort()
    var sum = 0.0
    for (position, one) in used.enumerated() {
      for other in used[(position + 1)...] { sum += 2 * votes[one] * votes[other] * distance(one, other) }
    }
    observed += sum / Double(index.count(item) - 1)
    for label in used { votes[label] = 0 }
  }
  return alpha(observed: observed, expected: distance.amongAll(totals), opinions: totals.reduce(0, +))
}

/// `1 − D_o / D_e` from sums over pairs.
///
/// - Parameters:
///   - observed: distances of the pairs within items, each weighted by `1 / (m − 1)`.
///   - expected: distances of all ordered pairs of opinions.
func alpha(observed: Double, expected: Double, opinions: Double) -> Double? {
  guard opinions > 1, expected > 0 else { return nil }
  return 1 - (opinions - 1) * observed / expected
}

/// The squared distance of two labels under a level of measurement.
private struct LabelDistance {
  private enum Kind { case nominal, placed }
  private let kind: Kind
  /// Where each label stands on a line: both levels that know an order are distances on one.
  private let places: [Double]

  init(_ level: LevelOfMeasurement, totals: [Double]) {
    switch level {
    case .nominal: (kind, places) = (.nominal, [])
    case .interval(let values):
      (kind, places) = (.placed, values ?? totals.indices.map(Double.init))
    case .ordinal:
      // Σ of the counts from one label to the other, less half of both ends, is a difference of mid-ranks.
      var below = 0.0
      kind = .placed
      places = totals.map { count in
        defer { below += count }
        return below + count / 2
      }
    }
  }

  func callAsFunction(_ one: Int, _ other: Int) -> Double {
    switch kind {
    case .nominal: one == other ? 0 : 1
    case .placed: (places[one] - places[other]) * (places[one] - places[other])
    }
  }

  /// The sum over all ordered pairs of opinions.
  func amongAll(_ totals: [Double]) -> Double {
    if case .nominal = kind {
      let all = totals.reduce(0, +)
      return all * all - totals.reduce(0) { $0 + $1 * $1 }
    }
    var sum = 0.0
    for one in totals.indices where totals[one] > 0 {
      for other in (one + 1)..<max(one + 1, totals.count) where totals[other] > 0 {
        sum += 2 * totals[one] * totals[other] * self(one, other)
      }
    }
    return sum
  }
}
