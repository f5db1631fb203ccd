/// How good one annotator's labels are, by several measures.
public struct AnnotatorQuality: Sendable, Equatable {
  /// Their number.
  public let annotator: Int
  /// Opinions that they gave.
  public let opinions: Int
  /// Share of their opinions that are the consensus, which their own vote had a part in; `nil` without opinions.
  public let agreementWithConsensus: Double?
  /// Share of same labels among all comparisons with somebody else on the same item; `nil` without any.
  public let agreementWithOthers: Double?
  /// The probability that they label a random item rightly, by Dawid and Skene; `nil` without that model.
  public let reliability: Double?
}

/// The quality of each annotator, by number.
///
/// - Parameters:
///   - consensus: what is taken as true.
///   - model: the fit that reliability is read from.
/// - Complexity: O(opinions + annotators · classes) time and space.
public func annotatorQuality(
  _ opinions: Opinions, consensus: LabelConsensus, model: DawidSkene? = nil
) -> [AnnotatorQuality] {
  let index = OpinionIndex(opinions)
  var given = [Int](repeating: 0, count: opinions.annotators)
  var right = given
  for opinion in opinions.opinions {
    given[opinion.annotator] += 1
    if consensus.labels[opinion.item] == opinion.label { right[opinion.annotator] += 1 }
  }
  let withOthers = agreementWithOthers(index, annotators: opinions.annotators, classes: opinions.classes)
  return (0..<opinions.annotators).map { annotator in
    AnnotatorQuality(
      annotator: annotator, opinions: given[annotator],
      agreementWithConsensus: given[annotator] > 0 ? Double(right[annotator]) / Double(given[annotator]) : nil,
      agreementWithOthers: withOthers[annotator], reliability: model?.reliability(of: annotator))
  }
}

/// Share of same labels among an annotator's comparisons with everybody else on the same items, by annotator.
func agreementWithOthers(_ index: OpinionIndex, annotators: Int, classes: Int) -> [Double?] {
  var same = [Int](repeating: 0, count: annotators)
  var compared = same
  var votes = [Int](repeating: 0, count: classes)
  for item in 0..<(index.starts.count - 1) where index.count(item) >= 2 {
    let range = index.range(item)
    for place in range { votes[index.labels[place]] += 1 }
    for place in range {
      same[index.annotators[place]] += votes[index.labels[place]] - 1
      compared[index.annotators[place]] += range.count - 1
    }
    for place in range { votes[index.labels[place]] = 0 }
  }
  return (0..<annotators).map { compared[$0] > 0 ? Double(same[$0]) / Double(compared[$0]) : nil }
}

/// How often an annotator said each label about items of each class, the consensus taken as true in its probabilities.
///
/// - Returns: expected counts `(c, c)`, true classes down, said ones across.
/// - Complexity: O(opinions + c²).
public func confusionCounts(of annotator: Int, _ opinions: Opinions, consensus: LabelConsensus) -> [[Double]] {
  var counts = [[Double]](repeating: [Double](repeating: 0, count: opinions.classes), count: opinions.classes)
  for opinion in opinions.opinions where opinion.annotator == annotator {
    for truth in 0..<opinions.classes {
      counts[truth][opinion.label] += consensus.probabilities[opinion.item, truth]
    }
  }
  return counts
}
