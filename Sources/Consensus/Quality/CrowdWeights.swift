/// How much annotators and the model count in CROWDLAB's estimate.
struct CrowdWeights {
  /// Keeps weights above 0, so that a mean over annotators worse than guessing still has a meaning.
  private static let floor = 1e-6

  /// By annotator.
  let annotators: [Double]
  /// The mean of `annotators`.
  let mean: Double
  let model: Double
  /// The probability that a typical opinion agrees with the majority.
  let likelihood: Double

  /// Judges by `reference`, a label for each item, or by the majority.
  init(_ opinions: Opinions, index: OpinionIndex, model: LabelDistributions?, reference: [Int]?) {
    let several = (0..<opinions.items).filter { index.count($0) >= 2 }
    guard !several.isEmpty else {
      // Nobody can be compared with anybody: opinions are taken as they stand.
      annotators = [Double](repeating: 1, count: opinions.annotators)
      (mean, self.model, likelihood) = (1, model == nil ? 0 : 1, 1)
      return
    }
    let votes =
      reference.map { labels in several.map { labels[$0] } }
      ?? Self.majorityLabels(of: several, opinions, model: model)
    var frequency = [Int](repeating: 0, count: opinions.classes)
    for label in votes { frequency[label] += 1 }
    let commonest = Double(frequency.max() ?? 0)
    let guessing = max(1 - commonest / Double(several.count), Self.floor)

    let agreement = agreementWithOthers(index, annotators: opinions.annotators, classes: opinions.classes)
    let known = agreement.compactMap { $0 }
    let typical = known.reduce(0, +) / Double(max(1, known.count))
    let weights = agreement.map { max(1 - (1 - ($0 ?? typical)) / guessing, Self.floor) }
    annotators = weights
    // Who has said nothing does not shift what a typical opinion weighs.
    var speaks = [Bool](repeating: false, count: opinions.annotators)
    for annotator in index.annotators { speaks[annotator] = true }
    let spoken = weights.indices.filter { speaks[$0] }
    mean = spoken.reduce(0) { $0 + weights[$1] } / Double(max(1, spoken.count))

    var agreeing = 0.0
    for (item, label) in zip(several, votes) {
      let range = index.range(item)
      agreeing += Double(range.count { index.labels[$0] == label }) / Double(range.count)
    }
    likelihood = agreeing / Double(several.count)

    guard let model else {
      self.model = 0
      return
    }
    let wrong = zip(several, votes).count { model.modes(of: $0).first != $1 }
    let labelled = (0..<opinions.items).count { index.count($0) > 0 }
    let perItem = Double(opinions.opinions.count) / Double(max(1, labelled))
    self.model = max(1 - Double(wrong) / Double(several.count) / guessing, Self.floor) * perItem.squareRoot()
  }

  /// The weighed mean of what annotators and model say about each item; uniform where nobody says anything.
  func estimate(_ opinions: Opinions, index: OpinionIndex, model: LabelDistributions?) -> LabelDistributions {
    let classes = opinions.classes
    var table = LabelDistributions(zeros: opinions.items, classes: classes)
    let unlikely = (1 - likelihood) / Double(max(1, classes - 1))
    for item in 0..<opinions.items {
      var total = self.model
      var row = (0..<classes).map { total * (model?[item, $0] ?? 0) }
      for place in index.range(item) {
        let weight = annotators[index.annotators[place]]
        total += weight
        for label in 0..<classes { row[label] += weight * (label == index.labels[place] ? likelihood : unlikely) }
      }
      for label in 0..<classes {
        table.values[item * classes + label] = total > 0 ? row[label] / total : 1 / Double(classes)
      }
    }
    return table
  }

  /// The majority label of each item; ties go to the label that the model holds more probable, then to the first.
  private static func majorityLabels(of items: [Int], _ opinions: Opinions, model: LabelDistributions?) -> [Int] {
    let shares = majority(opinions).probabilities
    return items.map { item in
      let tied = shares.modes(of: item)
      guard let model, tied.count > 1 else { return tied.first ?? 0 }
      return heaviest(tied) { model[item, $0] } ?? 0
    }
  }
}
