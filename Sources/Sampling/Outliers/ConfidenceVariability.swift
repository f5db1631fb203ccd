public import Tensors

/// Excludes a fixed share of the pool: the items whose labelled neighbours have the lowest confidence times variability.
///
/// The product is least for items that a model neither gets right nor is moved by. With all labels known this is how
/// Karamcheti et al. (2021) remove collective outliers; see ``rowsKeptByDynamics(confidence:variability:removing:)``. A live
/// pool has no labels, so the product of the labelled items is averaged over each candidate's neighbours, by the kernel of
/// ``LearnabilityPropagation``. The share is taken whether there are outliers or not.
public struct ConfidenceVariability: OutlierFilter {
  /// What `confidence_variability` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "confidence_variability",
    summary: "Excludes a fixed share: where confidence times variability of the labelled neighbours is lowest.",
    parameters: [
      StrategyParameter(
        name: "share", kind: .number, defaultValue: 0.1, minimum: 0, maximum: 0.9,
        summary: "The share of the pool that is excluded."),
      StrategyParameter(
        name: "neighbours", kind: .integer, defaultValue: 20, minimum: 1, maximum: 200,
        summary: "How many nearest labelled items speak for a candidate."),
      LearnabilityPropagation.minimumLabelsParameter,
    ],
    needs: [.features, .labelled, .learnability], reference: LearnabilityPropagation.karamcheti,
    cost: LearnabilityPropagation.descriptor.cost)

  private let share: Double
  private let neighbours: Int
  private let minimumLabels: Int

  /// Makes the filter.
  ///
  /// - Parameters:
  ///   - share: the share of the pool that is excluded, in `0...0.9`.
  ///   - neighbours: labelled items that speak for a candidate.
  ///   - minimumLabels: with fewer labelled and rejected items nothing is excluded.
  public init(share: Double = 0.1, neighbours: Int = 20, minimumLabels: Int = 40) {
    self.share = share
    self.neighbours = neighbours
    self.minimumLabels = minimumLabels
  }

  /// Finds what to exclude; see ``OutlierFilter/report(on:using:pool:)``.
  ///
  /// Needs the evidence's confidence and variability; without them nothing is excluded and the reason says so.
  /// - Complexity: O(n·L·d) time by matrix products, O(n + L·d) space.
  public func report(
    on evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) throws -> OutlierReport {
    try evidence.validate()
    if let early = tooEarly(evidence, minimum: minimumLabels) { return early }
    guard evidence.confidence.count == evidence.labelledRows.count, !evidence.confidence.isEmpty,
      evidence.variability.count == evidence.labelledRows.count
    else {
      return OutlierReport(method: name, reason: "There are no training dynamics of the labelled items yet.")
    }
    let products = zip(evidence.confidence, evidence.variability).map { $0 * $1 }
    // The kernel averages what it is given as learnability.
    var propagated = evidence
    propagated.learnability = products
    let source = EvidenceRows(propagated, agreementNeighbours: 0, classSupport: 0, pool: pool)
    let bandwidth = source.squaredBandwidth(for: evidence, using: &generator, pool: pool)
    let prior = source.learnability.reduce(0.0) { $0 + Double($1) } / Double(source.rows.count)
    var scores = [Float](repeating: 0, count: evidence.candidates.count)
    var nearest = [[Int]](repeating: [], count: evidence.candidates.count)
    forEachNeighbourhood(
      of: evidence.candidates, in: evidence.features, among: source.features.view, k: neighbours, pool: pool
    ) { position, indices, squared in
      let (good, bad) = source.testimony(indices, squared, squaredBandwidth: bandwidth)
      scores[position] = -Float((good + prior) / (good + bad + 1))
      nearest[position] = indices.prefix(5).map { source.rows[$0] }
    }
    let wanted = Int((share * Double(scores.count)).rounded())
    let found = topK(scores, k: wanted).enumerated().map { rank, position in
      ExcludedItem(
        row: evidence.candidates[position], probability: 1 - Double(rank) / Double(scores.count),
        reason:
          "Confidence times variability of its labelled neighbours, \(rounded(-scores[position])), is among the lowest"
          + " \(percent(share)) of the pool.",
        neighbours: nearest[position])
    }
    return finish(found, evidence: evidence, using: &generator, pool: pool)
  }
}

/// The rows that stay when the given share with the lowest confidence × variability is removed, ascending.
///
/// For sets whose labels are all known: the removal that turns active learning from worse than random to better in
/// Karamcheti et al. (2021), who take 10, 25 and 50 %. Ties keep the earlier rows.
/// - Parameters:
///   - confidence: mean probability of the true class over the epochs of a training, `(n)`.
///   - variability: its standard deviation over the epochs, `(n)`.
///   - share: the share to remove, in `0...1`.
/// - Complexity: O(n log n).
public func rowsKeptByDynamics(confidence: [Float], variability: [Float], removing share: Double) -> [Int] {
  precondition(confidence.count == variability.count, "Confidence and variability describe the same rows")
  precondition(share >= 0 && share <= 1, "A share of \(share) cannot be removed")
  let products = zip(confidence, variability).map { $0 * $1 }
  let kept = products.count - Int((share * Double(products.count)).rounded())
  return topK(products, k: kept).sorted()
}

/// Three digits behind the point, for a sentence.
func rounded(_ value: Float) -> String { "\((Double(value) * 1000).rounded() / 1000)" }
