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
    let weights = CrowdWeights(opinions, index: index, model: model)
    let classes = opinions.classes
    let uniform = 1 / Double(max(1, classes))
    var table = LabelDistributions(zeros: opinions.items, classes: classes)
    var labels = [Int?](repeating: nil, count: opinions.items)
    var quality = [Double?](repeating: nil, count: opinions.items)
    var scores = [Double](repeating: uniform, count: opinions.items)
    for item in 0..<opinions.items {
      let range = index.range(item)
      var total = model == nil ? 0 : weights.model
      for label in 0..<classes {
        table.values[item * classes + label] = total * (model?[item, label] ?? 0)
      }
      for place in range {
        let weight = weights.annotators[index.annotators[place]]
        total += weight
        for label in 0..<classes {
          let likelihood =
            label == index.labels[place] ? weights.likelihood : (1 - weights.likelihood) / Double(max(1, classes - 1))
          table.values[item * classes + label] += weight * likelihood
        }
      }
      for label in 0..<classes {
        let sum = table.values[item * classes + label]
        table.values[item * classes + label] = total > 0 ? sum / total : uniform
      }
      guard let best = table.modes(of: item).first else { continue }
      if !range.isEmpty {
        labels[item] = best
        quality[item] = table[item, best]
      }
      // The imagined annotator who knows nothing.
      scores[item] = (total * table[item, best] + weights.mean * uniform) / (total + weights.mean)
    }
    return ActiveLab(
      consensus: LabelConsensus(probabilities: table, labels: labels), quality: quality, scores: scores,
      annotatorWeights: weights.annotators, modelWeight: model == nil ? 0 : weights.model)
  }
}
