/// How doubtful a label is measured.
public enum LabelDoubt: String, Sendable, CaseIterable {
  /// The probability of the given label.
  case selfConfidence = "self_confidence"
  /// By how much the given label is ahead of the best other: `(p_given − max p_other + 1) / 2`.
  case normalisedMargin = "normalised_margin"
}

/// A label that is probably wrong.
public struct SuspectedLabel: Sendable, Equatable {
  /// The item, as a row of the table of probabilities.
  public let item: Int
  /// Who gave the label, where it is one annotator's.
  public let annotator: Int?
  /// The label that it has.
  public let given: Int
  /// The most probable label.
  public let suggested: Int
  /// How sure the given label is, in 0...1; lowest first.
  public let quality: Double
}

/// Labels that out-of-sample probabilities contradict, the most doubtful first.
///
/// A label is suspected where another class is at least as probable as that class usually is on the items that bear it, and
/// is the most probable of such classes: a class that the model is unsure of in general needs less to be believed.
/// Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021.
///
/// - Parameters:
///   - labels: the label of each item `(n)`; `nil` where it has none.
///   - probabilities: out-of-sample `(n, c)`: of a model that has not seen the item's label.
/// - Throws: ``ConsensusError`` where the number of labels is not that of the rows, or a label is no class.
/// - Complexity: O(n · c + s log s) for `s` suspects.
public func suspectedLabelErrors(
  _ labels: [Int?], probabilities: LabelDistributions, by doubt: LabelDoubt = .selfConfidence
) throws(ConsensusError) -> [SuspectedLabel] {
  guard labels.count == probabilities.items else {
    throw .shape(expected: [labels.count, probabilities.classes], found: [probabilities.items, probabilities.classes])
  }
  var sums = [Double](repeating: 0, count: probabilities.classes)
  var counts = sums
  for (item, label) in labels.enumerated() {
    guard let label else { continue }
    guard 0..<probabilities.classes ~= label else { throw .outOfRange(index: item) }
    sums[label] += probabilities[item, label]
    counts[label] += 1
  }
  let usual = zip(sums, counts).map { $1 > 0 ? $0 / $1 : .infinity }
  var suspects: [SuspectedLabel] = []
  for (item, label) in labels.enumerated() {
    guard let label else { continue }
    let likely = (0..<probabilities.classes).filter { probabilities[item, $0] >= usual[$0] - 1e-12 }
    guard let best = heaviest(likely, by: { probabilities[item, $0] }), best != label,
      probabilities[item, best] > probabilities[item, label]
    else { continue }
    suspects.append(
      SuspectedLabel(
        item: item, annotator: nil, given: label, suggested: best,
        quality: labelQuality(label, probabilities[item], by: doubt)))
  }
  return suspects.sorted { ($0.quality, $0.item) < ($1.quality, $1.item) }
}

/// Single opinions that the consensus contradicts, the most doubtful first.
///
/// - Complexity: O(opinions · c + s log s) for `s` suspects.
public func suspectedLabelErrors(
  _ opinions: Opinions, consensus: LabelConsensus, by doubt: LabelDoubt = .selfConfidence
) -> [SuspectedLabel] {
  opinions.opinions.compactMap { opinion in
    guard let settled = consensus.labels[opinion.item], settled != opinion.label else { return nil }
    return SuspectedLabel(
      item: opinion.item, annotator: opinion.annotator, given: opinion.label, suggested: settled,
      quality: labelQuality(opinion.label, consensus.probabilities[opinion.item], by: doubt))
  }
  .sorted { ($0.quality, $0.item, $0.annotator ?? -1) < ($1.quality, $1.item, $1.annotator ?? -1) }
}

/// How sure a label is under a distribution `(c)`, in 0...1.
public func labelQuality(_ label: Int, _ probabilities: ArraySlice<Double>, by doubt: LabelDoubt) -> Double {
  let own = probabilities[probabilities.startIndex + label]
  switch doubt {
  case .selfConfidence: return own
  case .normalisedMargin:
    var other = 0.0
    for (index, value) in probabilities.enumerated() where index != label { other = max(other, value) }
    return (own - other + 1) / 2
  }
}
