/// Whether more labels still change the model, judged without any: advice only, nothing stops by itself.
///
/// - **Stabilising predictions** (Bloodgood and Vijay-Shanker, 2009) decides: the mean Cohen's κ between successive rounds'
///   predictions on an unlabelled stop set, over the last three steps, at 0.99 or above.
/// - **Classification change** (Zhu, Wang and Hovy, 2008) stands beside it: no prediction changed in the last step.
/// - **Overall uncertainty** (the same) too: the mean entropy on the stop set, over that of a guess, at 0.05 or below.
public struct StoppingAdvice: Codable, Sendable, Hashable {
  /// One criterion with its evidence.
  public struct Criterion: Codable, Sendable, Hashable {
    /// `stabilising_predictions`, `classification_change` or `overall_uncertainty`.
    public let name: String
    /// What was measured; nil where it cannot be yet.
    public let value: Double?
    /// The value at which the criterion is met.
    public let threshold: Double
    /// Whether it is met.
    public let isMet: Bool
  }

  /// Whether labelling can stop as far as the predictions tell.
  public let isStopAdvised: Bool
  /// The criteria; the first decides, the others stand beside it.
  public let criteria: [Criterion]
  /// Cohen's κ of each successive pair of rounds, oldest first; nil where the pair says nothing: fewer than two items in
  /// common, or one class throughout both.
  public let agreements: [Double?]
  /// The advice with its evidence, for a person.
  public let sentence: String

  /// Steps between rounds that the first criterion averages over.
  public static let window = 3
  /// The mean κ at which predictions count as stable.
  public static let enoughAgreement = 0.99
  /// The share of the entropy of a guess at which the model counts as sure.
  public static let littleUncertainty = 0.05
  /// With fewer items in the stop set a single change would decide.
  public static let fewestItems = 50

  /// Judges a history of rounds.
  ///
  /// Rounds are compared on the items that both predicted, so that the stop set may lose items. Rounds trained on the same
  /// number of labels are no step: training again on nothing new agrees with itself.
  /// - Parameter rounds: oldest first; the last four with new labels are enough.
  /// - Complexity: O(rounds · n).
  public init(rounds all: [StopSetRound]) {
    var rounds: [StopSetRound] = []
    for round in all.reversed() where rounds.last.map({ round.labels < $0.labels }) ?? true { rounds.append(round) }
    rounds.reverse()
    let steps = zip(rounds, rounds.dropFirst()).map { $0.shared(with: $1) }
    agreements = steps.map { $0.count >= 2 ? kappa($0) : nil }
    let last = agreements.suffix(Self.window)
    let known = last.compactMap { $0 }
    let items = steps.suffix(Self.window).map(\.count).min() ?? 0
    let complete = known.count == Self.window && items >= Self.fewestItems
    let mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    isStopAdvised = complete && (mean ?? 0) >= Self.enoughAgreement

    let change = steps.last.flatMap { step in
      step.isEmpty ? nil : Double(step.count { $0.0 != $0.1 }) / Double(step.count)
    }
    let uncertainty = rounds.last.flatMap { $0.rows.isEmpty ? nil : $0.uncertainty }
    criteria = [
      Criterion(
        name: "stabilising_predictions", value: complete ? mean : nil, threshold: Self.enoughAgreement,
        isMet: isStopAdvised),
      Criterion(name: "classification_change", value: change, threshold: 0, isMet: change == 0),
      Criterion(
        name: "overall_uncertainty", value: uncertainty, threshold: Self.littleUncertainty,
        isMet: uncertainty.map { $0 <= Self.littleUncertainty } ?? false),
    ]
    sentence = Self.sentence(
      steps: steps.count, items: items, unknown: last.count - known.count, mean: mean, stop: isStopAdvised,
      change: change,
      uncertainty: uncertainty)
  }

  private static func sentence(
    steps: Int, items: Int, unknown: Int, mean: Double?, stop: Bool, change: Double?, uncertainty: Double?
  ) -> String {
    func share(_ value: Double?) -> String { value.map { "\(($0 * 1000).rounded() / 10) %" } ?? "an unknown share" }
    if steps < window {
      return "Too early to tell: stopping advice compares \(window + 1) rounds with new labels, and there are"
        + " \(max(0, steps + 1))."
    }
    if items < fewestItems {
      return "No advice: successive rounds share \(items) items of the stop set, and \(fewestItems) are needed."
    }
    guard unknown == 0, let mean else {
      return "Go on: the model predicted one class throughout in a recent round, which looks stable but is not."
    }
    let evidence =
      "over the last \(window) rounds the predictions on \(items) unlabelled items agreed with a mean κ of"
      + " \((mean * 1000).rounded() / 1000) (\(enoughAgreement) is enough); \(share(change)) of them changed in the last"
      + " round, and the mean uncertainty is \(share(uncertainty)) of a guess's."
    return (stop ? "More labels hardly change the model: " : "Go on: ") + evidence
  }
}

/// Cohen's κ (1960) of pairs of classes; nil where both sides are one and the same class throughout, since agreement by
/// chance is certain then.
private func kappa(_ pairs: [(Int, Int)]) -> Double? {
  var (first, second) = ([Int: Int](), [Int: Int]())
  for (a, b) in pairs {
    first[a, default: 0] += 1
    second[b, default: 0] += 1
  }
  let n = Double(pairs.count)
  let observed = Double(pairs.count { $0.0 == $0.1 }) / n
  let expected = first.keys.sorted().reduce(0.0) {
    $0 + Double(first[$1] ?? 0) / n * Double(second[$1] ?? 0) / n
  }
  return expected >= 1 ? nil : (observed - expected) / (1 - expected)
}
