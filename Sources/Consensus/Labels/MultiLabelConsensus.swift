/// What annotators agree on where each answer is a set: each label by itself.
public struct MultiLabelConsensus: Sendable, Equatable {
  /// How probable it is that each label applies, `(n, L)`, row-major; rows do not sum to 1.
  public let probabilities: [Double]
  /// The labels of each item, ascending `(n)`; `nil` where nobody has said anything.
  public let labels: [[Int]?]
  /// How sure the whole set is: the least of its labels' probabilities of being as they are `(n)`; `nil` without opinions.
  public let confidence: [Double?]

  /// Settles every label by itself.
  ///
  /// - Parameters:
  ///   - opinions: the sets that were chosen.
  ///   - settle: how a binary question is settled, such as ``majority(_:tieWeights:)`` or ``DawidSkene/fit(_:_:)``.
  /// - Complexity: that of `settle`, once for each label.
  public init(_ opinions: SetOpinions, settle: (Opinions) -> LabelConsensus) {
    let (items, labels) = (opinions.items, opinions.labels)
    var known = [Bool](repeating: false, count: items)
    for opinion in opinions.opinions { known[opinion.item] = true }
    var probabilities = [Double](repeating: 0, count: items * labels)
    var sets = [[Int]](repeating: [], count: items)
    var confidence = [Double](repeating: 1, count: items)
    for label in 0..<labels {
      let consensus = settle(opinions.binary(label))
      for item in 0..<items {
        let probability = consensus.probabilities[item, 1]
        probabilities[item * labels + label] = probability
        let applies = consensus.labels[item] == 1
        if applies { sets[item].append(label) }
        confidence[item] = min(confidence[item], applies ? probability : 1 - probability)
      }
    }
    self.probabilities = probabilities
    self.labels = (0..<items).map { known[$0] ? sets[$0] : nil }
    self.confidence = (0..<items).map { known[$0] ? confidence[$0] : nil }
  }
}
