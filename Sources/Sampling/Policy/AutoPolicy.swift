/// Which strategy the default resolves to, and why: typical items while labels are few, uncertain and diverse ones after, disputed
/// and diverse ones while much of the pool can't be learnt.
///
/// Evidence: margin has the best mean rank over many data sets (Bahri et al., 2022), TypiClust wins only at the start
/// (Hacohen, Dekel and Weinshall, 2022), and half of the start is drawn within clusters for the reason given at
/// ``TypiClust``; the best `b` by uncertainty alone repeat each other, and what no model learns stays uncertain for good
/// (Karamcheti et al., 2021).
public struct AutoPolicy: Sendable, Hashable {
  /// The strategy to use.
  public let name: String
  /// Its parameters; those left out take their defaults.
  public let parameters: [String: Double]
  /// Why it was chosen, for a person.
  public let reason: String

  private init(name: String, parameters: [String: Double] = [:], reason: String) {
    self.name = name
    self.parameters = parameters
    self.reason = reason
  }

  /// The strategy.
  ///
  /// - Throws: what ``StrategyRegistry/make(name:parameters:)`` throws, which for a policy's own choice does not happen.
  public func strategy() throws -> any QueryStrategy {
    try StrategyRegistry.make(name: name, parameters: parameters)
  }

  /// Labels needed before a model's doubts are trusted, at the least.
  public static let minimumLabels = 20
  /// Labels needed per class, beside ``minimumLabels``.
  public static let minimumLabelsPerClass = 2
  /// The estimated share of unlearnable items above which doubt that all members share is left aside.
  public static let unlearnableShare = 0.15

  /// Decides from the number of labels of each class.
  ///
  /// - Parameters:
  ///   - labelCounts: labels of each class, `(c)`; classes without labels included, as 0.
  ///   - hasModel: whether predictions are at hand.
  ///   - hasFeatures: whether the project has a feature matrix.
  ///   - hasCommittee: whether predictions come from two or more members or passes.
  ///   - estimatedUnlearnable: the share of the pool that the outlier filter estimates to be unlearnable, in `0...1`.
  /// - Returns: `typiclust` until `max(20, 2c)` labels and at least two classes with two labels each, `margin_diverse` after,
  ///   `bald_diverse` in its place while more than 15 % are estimated to be unlearnable; `random`, `margin` and `bald` in their
  ///   places where there are no features.
  public static func resolve(
    labelCounts: [Int], hasModel: Bool = true, hasFeatures: Bool = true, hasCommittee: Bool = true,
    estimatedUnlearnable: Double = 0
  ) -> AutoPolicy {
    let labels = labelCounts.reduce(0, +)
    if let lacking = lacking(labels: labels, counts: labelCounts, hasModel: hasModel) {
      return hasFeatures
        ? AutoPolicy(
          name: TypiClust.descriptor.name, parameters: ["drawn_share": 0.5],
          reason: "auto: \(lacking), so typical items come first.")
        : AutoPolicy(
          name: RandomSampling.descriptor.name, reason: "auto: \(lacking), and no features to find typical items by.")
    }
    let alike = hasFeatures ? "" : " There are no features to tell how alike items are."
    if estimatedUnlearnable > unlearnableShare, hasCommittee {
      let share = Int((100 * estimatedUnlearnable).rounded())
      return AutoPolicy(
        name: hasFeatures ? BALDDiverse.descriptor.name : BALD.descriptor.name,
        reason: "auto: about \(share) % of the pool seems unlearnable, so what the model's passes dispute is asked,"
          + " not what all of them doubt.\(alike)")
    }
    return AutoPolicy(
      name: hasFeatures ? MarginDiverse.descriptor.name : Margin.descriptor.name,
      reason: "auto: \(labels) labels, enough to ask what is uncertain\(hasFeatures ? " and diverse" : "").\(alike)")
  }

  /// What uncertainty still lacks, as the beginning of a sentence; nil where nothing.
  private static func lacking(labels: Int, counts: [Int], hasModel: Bool) -> String? {
    let needed = max(minimumLabels, minimumLabelsPerClass * counts.count)
    let grounded = counts.filter { $0 >= 2 }.count
    if labels < needed { return "\(labels) of \(needed) labels that uncertainty needs" }
    if grounded < 2 { return "\(grounded) of 2 classes with two labels each" }
    return hasModel ? nil : "\(labels) labels but no trained model yet"
  }

  /// Decides from the classes of what is labelled.
  ///
  /// - Parameters:
  ///   - labels: classes of the labelled items, each in `0..<classes`; others are not counted.
  ///   - classes: the number of classes, `c`.
  ///   - hasModel: whether predictions are at hand.
  ///   - hasFeatures: whether the project has a feature matrix.
  ///   - hasCommittee: whether predictions come from two or more members or passes.
  ///   - estimatedUnlearnable: the share of the pool that the outlier filter estimates to be unlearnable, in `0...1`.
  public static func resolve(
    labels: [Int], classes: Int, hasModel: Bool = true, hasFeatures: Bool = true, hasCommittee: Bool = true,
    estimatedUnlearnable: Double = 0
  ) -> AutoPolicy {
    var counts = [Int](repeating: 0, count: max(0, classes))
    for label in labels where counts.indices.contains(label) { counts[label] += 1 }
    return resolve(
      labelCounts: counts, hasModel: hasModel, hasFeatures: hasFeatures, hasCommittee: hasCommittee,
      estimatedUnlearnable: estimatedUnlearnable)
  }
}
