import Learning
import Synchronization
import Tensors
import Testing

@Suite struct TrainingTests {
  static let perceptron = TrainingConfiguration(architecture: .perceptron(hidden: [32], dropout: 0.5), epochs: 30)

  static func accuracy(_ model: TrainedModel, on set: LabelledSet) throws -> Double {
    let metrics = try ClassificationMetrics(
      probabilities: model.probabilities(of: set.features.view), labels: set.labels)
    return try #require(metrics).accuracy
  }

  @Test(
    "A separable problem is learned at any scale of its features",
    arguments: [Architecture.linear, .perceptron(hidden: [32], dropout: 0.5)], [(1, 0), (0.001, 0), (200, 5000)])
  func learns(architecture: Architecture, scaling: (Float, Float)) throws {
    let (scale, shift) = scaling
    let labelled = Fixtures.blobs(rows: 120, inputs: 10, classes: 4, seed: 1, scale: scale, shift: shift)
    let test = Fixtures.blobs(rows: 400, inputs: 10, classes: 4, seed: 2, scale: scale, shift: shift)
    let model = try train(labelled, TrainingConfiguration(architecture: architecture))
    #expect(try Self.accuracy(model, on: test) > 0.98)
    #expect(model.inputs == 10 && model.classes == 4 && model.epochsRun == 63)
    #expect(model.trainingFLOPs > 0 && model.finalLoss < 0.5)
  }

  @Test("Training is bit-identical for a seed on any number of threads, and differs between seeds")
  func deterministic() throws {
    let set = Fixtures.blobs(rows: 1500, inputs: 20, classes: 3, seed: 3, spread: 3)
    var configuration = Self.perceptron
    configuration.epochs = 3
    configuration.batchSize = 1200
    configuration.minimumSteps = 10
    configuration.earlyStopping = .init(fraction: 0.2, patience: 2)
    let models = try [nil, ComputePool(threads: 1), ComputePool(threads: 2), ComputePool(threads: 3)].map {
      try train(set, configuration, pool: $0).safetensors()
    }
    #expect(Set(models).count == 1)
    configuration.seed = 1
    #expect(try train(set, configuration).safetensors() != models[0])
  }

  @Test("Scoring is bit-identical on any number of threads")
  func deterministicScoring() throws {
    let set = Fixtures.blobs(rows: 1500, inputs: 20, classes: 3, seed: 3)
    let model = try train(set, Self.perceptron)
    let pool = ComputePool(threads: 3)
    #expect(try model.probabilities(of: set.features.view) == model.probabilities(of: set.features.view, pool: pool))
    let alone = try model.committee(of: set.features.view, passes: 5, seed: 9)
    #expect(try alone.values == model.committee(of: set.features.view, passes: 5, seed: 9, pool: pool).values)
  }

  @Test("Progress is told after every epoch, with few labels until there are enough steps")
  func progress() throws {
    let set = Fixtures.blobs(rows: 40, inputs: 4, classes: 2, seed: 1)
    var told: [TrainingProgress] = []
    let model = try train(set, Self.perceptron, progress: { told.append($0) })
    #expect(told.map(\.epoch) == Array(1...125))  // 2 steps an epoch, 250 steps at least.
    #expect(told.allSatisfy { $0.epochs == 125 && $0.validationLoss == nil && $0.loss.isFinite })
    #expect(told[124].loss < told[0].loss)
    #expect(model.finalLoss == told[124].loss)
  }

  @Test("Steps are bounded from above too, but one epoch is always run")
  func boundsOnSteps() {
    var configuration = Self.perceptron
    configuration.maximumSteps = 500
    #expect(configuration.epochs(forRows: 3200) == 5)
    #expect(configuration.epochs(forRows: 320_000) == 1)
    #expect(configuration.epochs(forRows: 20) == 250)
  }

  @Test("Early stopping ends before the last epoch where nothing can be learned, and not below 100 labels")
  func earlyStopping() throws {
    var noise = Fixtures.blobs(rows: 300, inputs: 10, classes: 2, seed: 1, spread: 1)
    var generator = SeededGenerator(seed: 5)
    for index in noise.labels.indices { noise.labels[index] = generator.index(below: 2) }
    var configuration = TrainingConfiguration(architecture: .perceptron(hidden: [64], dropout: 0), epochs: 200)
    configuration.earlyStopping = .init(fraction: 0.3, patience: 5)
    var told: [TrainingProgress] = []
    let stopped = try train(noise, configuration, progress: { told.append($0) })
    #expect(stopped.epochsRun < 100)
    #expect(told.allSatisfy { $0.validationLoss != nil })
    let best = try #require(told.compactMap(\.validationLoss).min())
    #expect(told[told.count - 6].validationLoss == best)

    let few = noise.subset(Array(0..<99))
    configuration.epochs = 70
    #expect(try train(few, configuration).epochsRun == 70)
  }

  @Test("Training stops at the next mini-batch when cancelled")
  func cancellation() throws {
    let set = Fixtures.blobs(rows: 320, inputs: 4, classes: 2, seed: 1)
    var asked = 0
    #expect(throws: LearningError.cancelled) {
      try train(
        set, Self.perceptron,
        isCancelled: {
          asked += 1
          return asked > 25
        })
    }
    #expect(asked == 26)
    let model = try train(set, Self.perceptron)
    #expect(throws: LearningError.cancelled) {
      try model.probabilities(of: set.features.view, isCancelled: { true })
    }
  }

  @Test("Labels of one class give a constant model")
  func oneClass() throws {
    let features = Fixtures.blobs(rows: 8, inputs: 3, classes: 2, seed: 1).features
    let set = LabelledSet(features: features, labels: [Int](repeating: 1, count: 8), classes: 3)
    let model = try train(set, Self.perceptron)
    let p = try model.probabilities(of: features.view)
    #expect(abs(p[0, 1] - 9 / 11) < 1e-6 && abs(p[5, 0] - 1 / 11) < 1e-6)
    #expect(model.epochsRun == 0)
    #expect(try model.committee(of: features.view, passes: 20, seed: 0).members == 1)
  }

  @Test("Bad input is refused with the place where it is")
  func badInput() throws {
    let good = Fixtures.blobs(rows: 6, inputs: 3, classes: 2, seed: 1)
    func failure(_ change: (inout LabelledSet) -> Void) -> LearningError? {
      var set = good
      change(&set)
      do {
        _ = try train(set, Self.perceptron)
        return nil
      } catch { return error }
    }
    #expect(failure { _ in } == nil)
    #expect(failure { $0 = LabelledSet(features: Matrix(rows: 0, columns: 3), labels: [], classes: 2) } == .noLabels)
    #expect(failure { $0.labels.removeLast() } == .countMismatch(features: 6, labels: 5))
    #expect(failure { $0.labels[4] = 2 } == .labelOutOfRange(row: 4, label: 2, classes: 2))
    #expect(failure { $0.features[2, 1] = .nan } == .notFiniteInput(row: 2, column: 1))
    let model = try train(good, Self.perceptron)
    #expect(throws: LearningError.widthMismatch(expected: 3, actual: 4)) {
      try model.probabilities(of: Matrix(rows: 1, columns: 4).view)
    }
    var wild = Self.perceptron
    wild.architecture = .linear
    wild.learningRate = 1e38
    #expect(throws: LearningError.self) { try train(good, wild) }
    wild.learningRate = -1
    #expect(throws: LearningError.self) { try train(good, wild) }
  }
}
