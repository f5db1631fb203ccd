/// The label that most annotators chose.
///
/// The probabilities are shares of votes; an item without votes has the shares of all votes. Of tied labels the one wins
/// whose supporters weigh more, and among equals the first; ``LabelDistributions/modes(of:)`` names all that are tied.
///
/// - Parameters:
///   - opinions: the votes.
///   - tieWeights: how much each annotator's vote counts `(annotators)` where labels are tied, such as their agreement with
///     others; nothing but the number of votes decides otherwise.
/// - Complexity: O(opinions + items · classes) time and space.
public func majority(_ opinions: Opinions, tieWeights: [Double]? = nil) -> LabelConsensus {
  let index = OpinionIndex(opinions)
  let classes = opinions.classes
  var shares = LabelDistributions(zeros: opinions.items, classes: classes)
  let prior = voteShares(opinions)
  var labels = [Int?](repeating: nil, count: opinions.items)
  for item in 0..<opinions.items {
    let range = index.range(item)
    guard !range.isEmpty else {
      for label in 0..<classes { shares.values[item * classes + label] = prior[label] }
      continue
    }
    let share = 1 / Double(range.count)
    for place in range { shares.values[item * classes + index.labels[place]] += share }
    let tied = shares.modes(of: item)
    guard tied.count > 1, let tieWeights else {
      labels[item] = tied.first
      continue
    }
    labels[item] = heaviest(tied) { label in
      range.reduce(0) { $0 + (index.labels[$1] == label ? tieWeights[index.annotators[$1]] : 0) }
    }
  }
  return LabelConsensus(probabilities: shares, labels: labels)
}

/// How often each class was chosen, as shares `(c)`; uniform where nobody chose anything.
func voteShares(_ opinions: Opinions) -> [Double] {
  guard !opinions.opinions.isEmpty else {
    return [Double](repeating: 1 / Double(max(1, opinions.classes)), count: opinions.classes)
  }
  var shares = [Double](repeating: 0, count: opinions.classes)
  for opinion in opinions.opinions { shares[opinion.label] += 1 }
  return shares.map { $0 / Double(opinions.opinions.count) }
}

/// The candidate of the largest weight; the first among equals.
func heaviest(_ candidates: [Int], by weight: (Int) -> Double) -> Int? {
  var best: (label: Int, weight: Double)?
  for candidate in candidates {
    let weight = weight(candidate)
    if weight > (best?.weight ?? -.infinity) { best = (candidate, weight) }
  }
  return best?.label
}
