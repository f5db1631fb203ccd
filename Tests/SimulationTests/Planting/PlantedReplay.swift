import Foundation
import Learning
import Sampling
import Simulation
import Tensors

/// The planted test: a pool with collective outliers, labelled round by round.
///
/// Starts from 20 random labels, then asks ten a round: nine by plain entropy, one from the whole pool.
struct PlantedReplay {
  let features: Matrix
  let labels: [Int]
  let isOutlier: [Bool]
  /// What neighbours are sought in: 20 principal components.
  let components: Matrix
  let test: LabelledSet
  let rareClass: Int
  let seed: UInt64
  var classes: Int { test.classes }

  /// Cuts the rare class to `rareItems` pool items and plants two groups of 270 copies, or fewer in smaller pools.
  init(_ set: LabelledSet, testItems: Int, rareClass: Int, rareItems: Int, planted: Int, seed: UInt64) {
    var order = Array(set.labels.indices)
    var generator = SeededGenerator(seed: seed, stream: 77)
    generator.shuffle(&order)
    var rare = 0
    let pool = order[testItems...].filter { row in
      if set.labels[row] != rareClass { return true }
      rare += 1
      return rare <= rareItems
    }
    let mixed = PlantedOutliers.plant(
      into: set.features.gatherRows(pool), labels: pool.map { set.labels[$0] }, classes: set.classes,
      share: Double(planted) / Double(pool.count + planted), seed: seed)
    (features, labels, isOutlier) = (mixed.features, mixed.labels, mixed.isOutlier)
    components = principalComponents(features.view, count: 20, seed: seed)
    test = set.subset(Array(order[..<testItems]))
    (self.rareClass, self.seed) = (rareClass, seed)
  }

  /// What a run came to.
  struct Outcome {
    /// Mean test accuracy over the rounds: the area under the learning curve.
    var area = 0.0
    /// The share of outliers among the last 100 queries.
    var lastOutlierShare = 0.0
    /// The filter's report at 200 labels.
    var report: OutlierReport?
    /// Labelled rows when it was made.
    var labelledAtReport: [Int] = []
    /// Items excluded at most in any round.
    var mostExcluded = 0
  }

  /// Runs up to `limit` labels; the filter works every second round.
  func run(filter name: String, limit: Int = 300) throws -> Outcome {
    let filter = try OutlierFilterRegistry.make(name: name)
    var order = Array(labels.indices)
    var generator = SeededGenerator(seed: seed, stream: 9)
    generator.shuffle(&order)
    var labelled = Array(order[..<20])
    var (excluded, accuracies, outcome) = (Set<Int>(), [Double](), Outcome())
    for round in 0... {
      let set = LabelledSet(
        features: features.gatherRows(labelled), labels: labelled.map { labels[$0] }, classes: classes)
      let configuration = TrainingConfiguration(
        architecture: .perceptron(hidden: [128], dropout: 0.5), seed: seed &+ UInt64(round))
      let model = try train(set, configuration)
      let mean = try model.committee(of: test.features.view, passes: 20, seed: 1).mean()
      accuracies.append(ClassificationMetrics(probabilities: mean, labels: test.labels)?.accuracy ?? 0)
      if round % 2 == 0, name != "none", labelled.count >= 40 {
        let dynamics = try outOfFoldDynamics(set, configuration)
        let evidence = LearnabilityEvidence(
          features: components.view, labelledRows: labelled, labelledClasses: set.labels,
          learnability: dynamics.correctness, confidence: dynamics.confidence, variability: dynamics.variability,
          candidates: order.filter { !Set(labelled).contains($0) }.sorted(), classes: classes)
        let report = try filter.report(on: evidence, using: &generator, pool: .shared)
        excluded = report.excludedRows
        outcome.mostExcluded = max(outcome.mostExcluded, excluded.count)
        if labelled.count == 200 { (outcome.report, outcome.labelledAtReport) = (report, labelled) }
      }
      if labelled.count >= limit { break }
      labelled += try queries(by: model, labelled: labelled, excluded: excluded, round: round)
    }
    outcome.area = accuracies.reduce(0, +) / Double(accuracies.count)
    outcome.lastOutlierShare = Double(labelled.suffix(100).count { isOutlier[$0] }) / 100
    return outcome
  }

  private func queries(by model: TrainedModel, labelled: [Int], excluded: Set<Int>, round: Int) throws -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: 100 + UInt64(round))
    let taken = Set(labelled)
    let open = labels.indices.filter { !taken.contains($0) }
    let drawn = open[generator.index(below: open.count)]
    let candidates = open.filter { $0 != drawn && !excluded.contains($0) }
    let predictions = try model.committee(of: features.gatherRows(candidates).view, passes: 20, seed: 3).mean()
    let entropy = PredictiveEntropy()
    let utilities = try entropy.utilities(of: CommitteePredictions(predictions), using: &generator)
    let chosen = try entropy.select(
      9, from: ScoredPool(rows: candidates, utilities: utilities, classes: classes), using: &generator)
    return [drawn] + chosen.chosen.map(\.row)
  }

  /// Precision and recall of an outcome's report, and the share of the rare class that it excludes.
  func quality(of outcome: Outcome) -> (precision: Double, recall: Double, rare: Double)? {
    guard let report = outcome.report else { return nil }
    let open = Set(labels.indices).subtracting(outcome.labelledAtReport)
    let hits = report.excludedRows.count { isOutlier[$0] }
    let isRare = { (row: Int) in !isOutlier[row] && labels[row] == rareClass }
    return (
      Double(hits) / Double(max(1, report.excluded.count)), Double(hits) / Double(max(1, open.count { isOutlier[$0] })),
      Double(report.excludedRows.count(where: isRare)) / Double(max(1, labels.indices.count(where: isRare)))
    )
  }
}

/// The digits beside the repository.
enum DigitsFile {
  static let url: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let places = ["../shared", "../../shared"].map { root.appending(path: "\($0)/data/digits/digits.csv.gz") }
    return places.first { FileManager.default.fileExists(atPath: $0.path) }
  }()

  /// The 1,797 digits with pixels in `0...1`.
  static func read() throws -> LabelledSet {
    guard let url else { throw CocoaError(.fileNoSuchFile) }
    var (values, labels) = ([Float](), [Int]())
    for line in String(decoding: try unzipped(url), as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst() {
      let numbers = line.split(separator: ",").compactMap { Int($0) }
      values += numbers.dropLast().map { Float($0) / 16 }
      labels.append(numbers[numbers.count - 1])
    }
    return LabelledSet(features: Matrix(rows: labels.count, columns: 64, values: values), labels: labels, classes: 10)
  }

  private static func unzipped(_ url: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", url.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(data)
  }
}
