import Tensors
import Testing

@testable import Learning

@Suite struct DynamicsTests {
  /// Blobs of which every tenth row has a wrong label.
  static func noisy(rows: Int = 200) -> (set: LabelledSet, wrong: Set<Int>) {
    var set = Fixtures.blobs(rows: rows, inputs: 8, classes: 4, seed: 5, spread: 0.8)
    let wrong = stride(from: 3, to: rows, by: 10)
    for row in wrong { set.labels[row] = (set.labels[row] + 1) % 4 }
    return (set, Set(wrong))
  }

  static func mean(_ values: [Float], _ rows: some Sequence<Int>) -> Float {
    let all = rows.map { values[$0] }
    return all.reduce(0, +) / Float(all.count)
  }

  @Test("Out of fold wrong labels are not learned; in sample they are remembered")
  func wrongLabels() throws {
    let (set, wrong) = Self.noisy()
    let right = (0..<200).filter { !wrong.contains($0) }
    let dynamics = try outOfFoldDynamics(set, Fixtures.quick, pool: .shared)
    #expect(dynamics.checkpoints == 6 && dynamics.unmeasured.isEmpty)
    #expect(Self.mean(dynamics.correctness, right) > 0.95)
    #expect(Self.mean(dynamics.correctness, wrong) < 0.1)
    #expect(Self.mean(dynamics.confidence, right) > Self.mean(dynamics.confidence, wrong) + 0.5)
    var eager = Fixtures.quick
    eager.architecture = .perceptron(hidden: [128], dropout: 0)
    eager.epochs = 200
    let map = try datasetMap(set, eager)
    #expect(map.checkpoints == 20)
    #expect(Self.mean(map.correctness, wrong) > Self.mean(dynamics.correctness, wrong) + 0.3)
    #expect(map.regions.count == 200 && map.regions.contains(.easy) && map.regions.contains(.ambiguous))
  }

  @Test("Figures are the mean, the deviation and the hits over the recorded models")
  func figures() throws {
    let (set, _) = Self.noisy(rows: 40)
    var models: [TrainedModel] = []
    var recorder = DynamicsRecorder(set, checkpoints: 4)
    _ = try train(
      set, Fixtures.quick,
      progress: { report in
        if [13, 25, 38, 50].contains(report.epoch) { models.append(report.snapshot()) }
        #expect(throws: Never.self) { try recorder.record(report) }
      })
    let dynamics = recorder.dynamics()
    #expect(models.count == 4 && dynamics.checkpoints == 4)
    for row in 0..<40 {
      let p = try models.map { try $0.probabilities(of: set.features.view)[row, set.labels[row]] }
      let hits = try models.count {
        let own = try $0.probabilities(of: set.features.view).row(row)
        return own.max() == own[set.labels[row]]
      }
      let mean = p.reduce(0, +) / 4
      let variance = p.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      #expect(abs(dynamics.confidence[row] - mean) < 1e-5)
      #expect(abs(dynamics.variability[row] - variance.squareRoot()) < 1e-4)
      #expect(dynamics.correctness[row] == Float(hits) / 4)
    }
  }

  @Test("Checkpoints are spread over the epochs after the first fifth, the last among them")
  func checkpoints() {
    for (epochs, wanted, skipped) in [(60, 6, 0.2), (125, 6, 0.2), (7, 20, 0.2), (1, 6, 0.2), (3, 6, 1), (50, 20, 0)] {
      let set = Fixtures.blobs(rows: 2, inputs: 2, classes: 2, seed: 1)
      let recorder = DynamicsRecorder(set, checkpoints: wanted, skippedShare: skipped)
      let chosen = (1...epochs).filter { recorder.isCheckpoint($0, of: epochs) }
      let left = max(1, epochs - Int((skipped * Double(epochs)).rounded(.up)))
      #expect(chosen.count == min(wanted, left), "\(epochs) epochs")
      #expect(chosen.last == epochs)
      #expect(chosen.allSatisfy { epochs == 1 || skipped == 1 || Double($0) > skipped * Double(epochs) })
    }
  }

  @Test("Dynamics are the same on any number of threads")
  func deterministic() throws {
    let (set, _) = Self.noisy(rows: 60)
    let all = try [nil, ComputePool(threads: 2), ComputePool(threads: 3)].map {
      try outOfFoldDynamics(set, Fixtures.quick, pool: $0)
    }
    #expect(all[0] == all[1] && all[1] == all[2])
  }

  @Test("Few labels work: a class of one row is neither for nor against it, one class is right, one row is refused")
  func fewLabels() throws {
    let features = Fixtures.blobs(rows: 12, inputs: 4, classes: 2, seed: 1).features
    let lonely = LabelledSet(features: features, labels: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2], classes: 3)
    let dynamics = try outOfFoldDynamics(lonely, Fixtures.quick)
    #expect(dynamics.unmeasured == [11] && dynamics.correctness[11] == 0.5 && dynamics.confidence[11] == 0.5)
    let one = LabelledSet(features: features, labels: [Int](repeating: 1, count: 12), classes: 3)
    let sure = try outOfFoldDynamics(one, Fixtures.quick)
    #expect(sure.correctness.allSatisfy { $0 == 1 } && sure.variability.allSatisfy { $0 == 0 })
    #expect(abs(sure.confidence[0] - 10.0 / 12) < 1e-6 && sure.checkpoints == 1)
    let two = LabelledSet(features: features.gatherRows([0, 1]), labels: [0, 1], classes: 2)
    #expect(try outOfFoldDynamics(two, Fixtures.quick).unmeasured == [0, 1])
    #expect(throws: LearningError.tooFewLabels(needed: 2, actual: 1)) {
      try outOfFoldDynamics(one.subset([0]), Fixtures.quick)
    }
    #expect(throws: LearningError.self) { try outOfFoldDynamics(lonely, Fixtures.quick, folds: 1) }
    #expect(throws: LearningError.cancelled) { try outOfFoldDynamics(lonely, Fixtures.quick, isCancelled: { true }) }
    #expect(try datasetMap(one, Fixtures.quick).correctness.allSatisfy { $0 == 1 })
  }

  @Test("Folds have about the same mix of classes")
  func folds() {
    let labels = (0..<103).map { $0 < 80 ? 0 : $0 < 99 ? 1 : 2 }
    let fold = stratifiedFolds(.classes(labels), folds: 4, seed: 1)
    for index in 0..<4 {
      let own = fold.indices.filter { fold[$0] == index }.map { labels[$0] }
      #expect((25...26).contains(own.count) && own.count { $0 == 0 } == 20)
      #expect((4...5).contains(own.count { $0 == 1 }) && own.count { $0 == 2 } == 1)
    }
    #expect(fold != stratifiedFolds(.classes(labels), folds: 4, seed: 2))
  }

  @Test("Of several labels the random ones are less learnable, and a label of one row does not count")
  func multiLabel() throws {
    var set = Fixtures.labelSets(rows: 240, inputs: 6, seed: 1)
    guard case .labels(var labels) = set.targets else { return }
    var generator = SeededGenerator(seed: 8)
    for row in 200..<240 { for label in 0..<3 { labels[row, label] = Float(generator.index(below: 2)) } }
    set.targets = .labels(labels)
    let dynamics = try outOfFoldDynamics(set, Fixtures.quick, pool: .shared)
    #expect(Self.mean(dynamics.correctness, 0..<200) > Self.mean(dynamics.correctness, 200..<240) + 0.2)
    #expect(dynamics.correctness.allSatisfy { $0 >= 0 && $0 <= 1 })

    // A fourth label that one row has: that row is judged by its other labels.
    var wider = Matrix(rows: 40, columns: 4)
    for row in 0..<40 { for label in 0..<3 { wider[row, label] = labels[row, label] } }
    wider[7, 3] = 1
    let rare = LabelledSet(
      features: set.features.gatherRows(Array(0..<40)), targets: .labels(wider), classes: 4)
    #expect(try outOfFoldDynamics(rare, Fixtures.quick).unmeasured.isEmpty)
  }
}
