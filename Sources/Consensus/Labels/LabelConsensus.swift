/// What annotators agree on: a distribution and a label for each item.
public struct LabelConsensus: Sendable, Equatable {
  /// How probable each class is, `(n, c)`.
  public let probabilities: LabelDistributions
  /// The label of each item `(n)`; `nil` where nobody has said anything.
  public let labels: [Int?]

  /// Puts a consensus together, such as one in which some items were settled by hand.
  ///
  /// - Parameter labels: one for each row of `probabilities`.
  public init(probabilities: LabelDistributions, labels: [Int?]) {
    precondition(labels.count == probabilities.items, "an item has one label or none")
    self.probabilities = probabilities
    self.labels = labels
  }

  /// The probability of an item's own label; `nil` where it has none.
  public func probability(of item: Int) -> Double? {
    labels[item].map { probabilities[item, $0] }
  }

  /// The share of items whose most probable class is the true one; tied classes share the credit of a fair draw.
  ///
  /// - Parameter truth: the true class by item.
  /// - Returns: a value in 0...1; 0 where `truth` is empty.
  public func sharedAccuracy(against truth: [Int: Int]) -> Double {
    guard !truth.isEmpty else { return 0 }
    var credit = 0.0
    for (item, label) in truth.sorted(by: { $0.key < $1.key }) {
      let modes = probabilities.modes(of: item)
      if modes.contains(label) { credit += 1 / Double(modes.count) }
    }
    return credit / Double(truth.count)
  }
}
