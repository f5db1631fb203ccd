/// Decides where one more opinion pays most, among items that have opinions and items that have none, on one scale.
///
/// CROWDLAB's estimate weighs the opinions on an item and the model's prediction, each by how much better it is than always
/// guessing the commonest label. ActiveLab adds one imagined annotator who knows nothing: what many good opinions stand on
/// hardly moves, a single opinion or none moves much.
/// Sources: Goh, Tkachenko and Mueller, "CROWDLAB", 2022; Goh and Mueller, "ActiveLab: Active Learning with Re-Labeling by
/// Multiple Annotators", 2022.
public struct ActiveLab: Sendable {
  /// The weighed estimate `(n, c)` and its most probable label; without opinions, the model's.
  public let consensus: LabelConsensus
  /// How sure the consensus of each item is, in 0...1 `(n)`; `nil` without opinions.
  public let quality: [Double?]
  /// How sure each item would stay if somebody who knows nothing spoke too, in 0...1 `(n)`: ask the lowest first.
  public let scores: [Double]
  /// How much each annotator counts `(a)`.
  public let annotatorWeights: [Double]
  /// How much the model counts; 0 without one.
  public let modelWeight: Double

  /// Estimates weights and scores.
  ///
  /// - Parameters:
  ///   - model: out-of-sample probabilities `(n, c)`; a uniform row where the model says nothing. A model's predictions on
  ///     what it was trained on agree with the labels whether these are right or wrong, so they must not be used.
  /// - Throws: ``ConsensusError/shape(expected:found:)``.
  /// - Complexity: O(opinions · c + items · c) time, O(items · c) space.
  public static func fit(
    _ opinions: Opinions, model: LabelDistributions? = nil
  ) throws(ConsensusError) -> ActiveLab {
    if let model, model.items != opinions.items || model.classes != opinions.classes {
      throw .shape(expected: [opinions.items, opinions.classes], found: [model.items, model.classes])
    }
    let index = OpinionIndex(opinions)
    // Who is good is judged by the majority first, then by the estimate that follows from it.
    let first = CrowdWeights(opinions, index: index, model: model, reference: nil)
    let labels = first.estimate(opinions, index: index, model: model).bestLabels()
    let weights = CrowdWeights(opinions, index: index, model: model, reference: labels)
    let table = weights.estimate(opinions, index: index, model: model)
    let uniform = 1 / Double(max(1, opinions.classes))
    var settled = [Int?](repeating: nil, count: opinions.items)
    var quality = [Double?](repeating: nil, count: opinions.items)
    var scores = [Double](repeating: uniform, count: opinions.items)
    for item in 0..<opinions.items where opinions.classes > 0 {
      let sure = table[item, labels[item]]
      if index.count(item) > 0 { (settled[item], quality[item]) = (labels[item], sure) }
      // The imagined annotator who knows nothing.
      let total = index.range(item).reduce(weights.model) { $0 + weights.annotators[index.annotators[$1]] }
      scores[item] = (total * sure + weights.mean * uniform) / (total + weights.mean)
    }
    return ActiveLab(
      consensus: LabelConsensus(probabilities: table, labels: settled), quality: quality, scores: scores,
      annotatorWeights: weights.annotators, modelWeight: weights.model)
  }
}

extension LabelDistributions {
  /// The most probable class of each item, the first of tied ones; 0 where there are no classes.
  fileprivate func bestLabels() -> [Int] { (0..<items).map { modes(of: $0).first ?? 0 } }
}
