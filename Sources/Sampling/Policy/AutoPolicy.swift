/// Which strategy the default resolves to, and why: typical items while labels are few, uncertain and diverse ones after.
///
/// Evidence: margin has the best mean rank over many data sets (Bahri et al., 2022), TypiClust wins only at the start
/// (Hacohen, Dekel and Weinshall, 2022), and the best `b` by uncertainty alone repeat each other.
public struct AutoPolicy: Sendable, Hashable {
  /// The strategy to use.
  public let name: String
  /// Why it was chosen, for a person.
  public let reason: String

  /// Labels needed before a model's doubts are trusted, at the least.
  public static let minimumLabels = 20
  /// Labels needed per class, beside ``minimumLabels``.
  public static let minimumLabelsPerClass = 2

  /// Decides from the number of labels of each class.
  ///
  /// - Parameters:
  ///   - labelCounts: labels of each class, `(c)`; classes without labels included, as 0.
  ///   - hasModel: whether predictions are at hand.
  ///   - hasFeatures: whether the project has a feature matrix.
  /// - Returns: `typiclust` until `max(20, 2c)` labels and at least two classes with two labels each, `margin_diverse` after;
  ///   `random` and `margin` in their places where there are no features.
  public static func resolve(
    labelCounts: [Int], hasModel: Bool = true, hasFeatures: Bool = true
  ) -> AutoPolicy {
    let labels = labelCounts.reduce(0, +)
    let needed = max(minimumLabels, minimumLabelsPerClass * labelCounts.count)
    let grounded = labelCounts.filter { $0 >= 2 }.count
    let lacking: String? =
      if labels < needed {
        "\(labels) of \(needed) labels that uncertainty needs"
      } else if grounded < 2 {
        "\(grounded) of 2 classes with two labels each"
      } else if !hasModel {
        "\(labels) labels but no trained model yet"
      } else {
        nil
      }
    switch (lacking, hasFeatures) {
    case (let lacking?, true):
      return AutoPolicy(name: TypiClust.descriptor.name, reason: "auto: \(lacking), so typical items come first.")
    case (let lacking?, false):
      return AutoPolicy(
        name: RandomSampling.descriptor.name, reason: "auto: \(lacking), and no features to find typical items by.")
    case (nil, true):
      return AutoPolicy(
        name: MarginDiverse.descriptor.name,
        reason: "auto: \(labels) labels, enough to ask what is uncertain and diverse.")
    case (nil, false):
      return AutoPolicy(
        name: Margin.descriptor.name, reason: "auto: \(labels) labels, and no features to tell how alike items are.")
    }
  }

  /// Decides from the classes of what is labelled.
  ///
  /// - Parameters:
  ///   - labels: classes of the labelled items, each in `0..<classes`; others are not counted.
  ///   - classes: the number of classes, `c`.
  public static func resolve(
    labels: [Int], classes: Int, hasModel: Bool = true, hasFeatures: Bool = true
  ) -> AutoPolicy {
    var counts = [Int](repeating: 0, count: max(0, classes))
    for label in labels where counts.indices.contains(label) { counts[label] += 1 }
    return resolve(labelCounts: counts, hasModel: hasModel, hasFeatures: hasFeatures)
  }
}
