public import Tensors

/// Excludes items whose labelled neighbourhood no model learns.
///
/// Where nobody knows the labels of the pool, the learnability of the labelled items is carried over to their neighbours:
/// `ℓ_i = max(c_i, a_i)` of a labelled item, with `c_i` its out-of-fold correctness and `a_i` the share of its nearest
/// labelled neighbours of the same class, which protects rare classes. What annotators reject has `ℓ = 0`. A candidate's
/// learnability is Beta-distributed: `Beta(2μ + Σwvℓ, 2(1 − μ) + Σwv(1 − ℓ))` over its nearest labelled items, with
/// `w = exp(−d²/h²)`, `h²` twice the median squared distance to the 5th of them, `v` the weight of a label whose class has
/// enough others, and `μ = (Σvℓ + 1.6) / (Σv + 2)`. It is excluded where `q = P(learnability < 0.5)` is above the threshold.
///
/// Source: the dynamics are those of Swayamdipta et al., "Dataset Cartography", 2020; that collective outliers make
/// uncertainty sampling fail is shown by Karamcheti et al., "Mind Your Outliers!", 2021.
public struct LearnabilityPropagation: OutlierFilter {
  /// What `learnability_propagation` is, needs and costs.
  public static let descriptor = StrategyDescriptor(
    name: "learnability_propagation",
    summary: "Excludes items in whose neighbourhood models fail on labels that they were not trained on.",
    parameters: parameters, needs: [.features, .labelled, .learnability], reference: karamcheti,
    cost: "O(n·L·d) by blocks of matrix products")

  static let parameters = [
    StrategyParameter(
      name: "neighbours", kind: .integer, defaultValue: 20, minimum: 1, maximum: 200,
      summary: "How many nearest labelled items speak for a candidate."),
    StrategyParameter(
      name: "agreement_neighbours", kind: .integer, defaultValue: 5, minimum: 1, maximum: 50,
      summary: "How many nearest labelled items can confirm the class of a labelled one."),
    StrategyParameter(
      name: "class_support", kind: .number, defaultValue: 3, minimum: 0, maximum: 1000,
      summary: "Other labels of its class at which a labelled item counts half; 0 counts all items fully."),
    StrategyParameter(
      name: "threshold", kind: .number, defaultValue: 0.9, minimum: 0.5, maximum: 1,
      summary: "The probability of being unlearnable above which an item is excluded."),
    minimumLabelsParameter,
  ]

  static let minimumLabelsParameter = StrategyParameter(
    name: "minimum_labels", kind: .integer, defaultValue: 40, minimum: 2, maximum: 1_000_000,
    summary: "With fewer labelled and rejected items nothing is excluded.")

  static let karamcheti = StrategyReference(
    paper:
      "Karamcheti, Krishna, Fei-Fei and Manning, Mind Your Outliers! Investigating the Negative Impact of Outliers on"
      + " Active Learning for Visual Question Answering", year: 2021, url: "https://arxiv.org/abs/2107.02331")

  private let neighbours: Int
  private let agreementNeighbours: Int
  private let classSupport: Double
  private let threshold: Double
  private let minimumLabels: Int

  /// Makes the filter.
  ///
  /// - Parameters:
  ///   - neighbours: labelled items that speak for a candidate.
  ///   - agreementNeighbours: labelled items that can confirm the class of a labelled one.
  ///   - classSupport: other labels of its class at which a labelled item counts half.
  ///   - threshold: the probability above which an item is excluded.
  ///   - minimumLabels: with fewer labelled and rejected items nothing is excluded.
  public init(
    neighbours: Int = 20, agreementNeighbours: Int = 5, classSupport: Double = 3, threshold: Double = 0.9,
    minimumLabels: Int = 40
  ) {
    self.neighbours = neighbours
    self.agreementNeighbours = agreementNeighbours
    self.classSupport = classSupport
    self.threshold = threshold
    self.minimumLabels = minimumLabels
  }

  /// Finds what to exclude; see ``OutlierFilter/report(on:using:pool:)``.
  ///
  /// - Complexity: O((n + L)·L·d) time by matrix products, O(n + L·d) space.
  public func report(
    on evidence: LearnabilityEvidence, using generator: inout SeededGenerator, pool: ComputePool?
  ) throws -> OutlierReport {
    try evidence.validate()
    if let early = tooEarly(evidence, minimum: minimumLabels) { return early }
    let source = EvidenceRows(
      evidence, agreementNeighbours: agreementNeighbours, classSupport: classSupport, pool: pool)
    let prior = source.priorMean
    let bandwidth = source.squaredBandwidth(for: evidence, using: &generator, pool: pool)
    var found: [ExcludedItem] = []
    forEachNeighbourhood(
      of: evidence.candidates, in: evidence.features, among: source.features.view, k: neighbours, pool: pool
    ) { position, indices, squared in
      let (good, bad) = source.testimony(indices, squared, squaredBandwidth: bandwidth)
      let q = regularizedIncompleteBeta(0.5, 2 * prior + good, 2 * (1 - prior) + bad)
      if q > threshold {
        found.append(source.excluded(row: evidence.candidates[position], probability: q, neighbours: indices))
      }
    }
    return finish(found, evidence: evidence, using: &generator, pool: pool)
  }
}
