/// How a model came to see each labelled item while it was trained.
///
/// Source: Swayamdipta et al., "Dataset Cartography", 2020. Shapes `(m)`, in the order of the labelled set. For several
/// labels both figures are averaged over the labels that hold and over those that do not, then over the two.
public struct TrainingDynamics: Codable, Sendable, Equatable {
  /// The mean over checkpoints of the probability of the true class.
  public let confidence: [Float]
  /// The standard deviation of that probability over checkpoints.
  public let variability: [Float]
  /// The share of checkpoints at which the true class was the most probable.
  public let correctness: [Float]
  /// Rows about which nothing could be found out, ascending: out of fold those of a class that has no other row.
  ///
  /// Their confidence and correctness are 0.5, their variability is 0: neither for nor against them.
  public let unmeasured: [Int]
  /// Checkpoints that figures are over; the fewest of any row.
  public let checkpoints: Int

  /// Where an item lies on the map of a data set.
  public enum Region: String, Codable, Sendable {
    /// Predicted with confidence throughout.
    case easy
    /// Seen differently from epoch to epoch: often the most informative.
    case ambiguous
    /// Not predicted throughout: often wrong labels, or items that cannot be learned.
    case hard
  }

  /// The region of every item, `(m)`: the third with the highest variability is ambiguous, of the others those with a
  /// confidence of at least 0.5 are easy.
  public var regions: [Region] {
    let sorted = variability.sorted(by: >)
    let bar = sorted.isEmpty ? 0 : sorted[sorted.count / 3]
    return zip(confidence, variability).map { $1 > bar ? .ambiguous : $0 >= 0.5 ? .easy : .hard }
  }
}
