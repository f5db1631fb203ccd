import Foundation
import Learning
import Tensors
import Testing

@Suite struct TrainingOptionsTests {
  static let set = Fixtures.blobs(rows: 120, inputs: 10, classes: 4, seed: 1, spread: 2)

  static func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var result = TrainingConfiguration(
      architecture: .perceptron(hidden: [16], dropout: 0.3), epochs: 6, minimumSteps: 0)
    change(&result)
    return result
  }

  @Test("A snapshot is the model as it is after its epoch, and the last one is the result")
  func snapshots() throws {
    var told: [TrainingProgress] = []
    let model = try train(Self.set, Self.configuration(), progress: { told.append($0) })
    var three = Self.configuration()
    three.epochs = 3
    let x = Self.set.features.view
    #expect(try told[2].snapshot().probabilities(of: x) == train(Self.set, three).probabilities(of: x))
    #expect(try told[5].snapshot().safetensors() == model.safetensors())
    #expect(told[2].snapshot().epochsRun == 3)
  }

  @Test("A warm start continues from the model it is given")
  func warmStart() throws {
    let start = try train(Self.set, Self.configuration { $0.epochs = 60 })
    var first: Double?
    _ = try train(
      Self.set, Self.configuration { $0.learningRate = 1e-6 }, options: .init(start: start),
      progress: { first = first ?? $0.loss })
    #expect(try abs(#require(first) - start.finalLoss) < 0.2 * start.finalLoss + 0.02)
    #expect(throws: LearningError.self) {
      try train(Self.set, Self.configuration { $0.architecture = .linear }, options: .init(start: start))
    }
  }

  @Test("Masked parameters are 0 and stay 0, whatever the optimiser", arguments: [Optimizer.adam, .adamW, .sgd()])
  func mask(optimizer: Optimizer) throws {
    let configuration = Self.configuration {
      $0.optimizer = optimizer
      $0.weightDecay = 0.1
      $0.gradientClipping = 1
    }
    let count = try train(Self.set, configuration).parameterCount
    let mask = ParameterMask(kept: (0..<count).map { $0 % 3 != 0 })
    #expect(abs(mask.sparsity - 1.0 / 3) < 0.01)
    let values = try train(Self.set, configuration, options: .init(mask: mask)).parameterValues
    #expect(zip(values, mask.kept).allSatisfy { $1 || $0 == 0 })
    #expect(values.contains { $0 != 0 })
    #expect(throws: LearningError.self) {
      try train(Self.set, configuration, options: .init(mask: ParameterMask(kept: [true])))
    }
  }

  @Test("A curriculum begins with few rows and ends with all")
  func curriculum() throws {
    let difficulty = (0..<120).map { Float($0) }
    var operations: [Double] = []
    _ = try train(
      Self.set, Self.configuration { $0.epochs = 10 }, options: .init(order: .curriculum(difficulty: difficulty)),
      progress: { operations.append($0.snapshot().trainingFLOPs) })
    let perEpoch = zip(operations, [0] + operations).map { $0 - $1 }
    #expect(abs(perEpoch[0] / perEpoch[9] - 0.2) < 1e-9)
    #expect(zip(perEpoch, perEpoch.dropFirst()).allSatisfy { $0 <= $1 } && perEpoch[5] == perEpoch[9])
    // Easy first and hard first see different rows.
    func model(_ hardFirst: Bool) throws -> [Float] {
      let order = TrainingOrder.curriculum(
        difficulty: difficulty, pacing: .init(start: 0.1, full: 1, hardFirst: hardFirst))
      return try train(Self.set, Self.configuration(), options: .init(order: order)).parameterValues
    }
    #expect(try model(false) != model(true))
    #expect(throws: LearningError.self) {
      try train(Self.set, Self.configuration(), options: .init(order: .curriculum(difficulty: [1])))
    }
  }

  @Test("A weight of 0 leaves a row out, and a weight of 2 is a row twice")
  func weights() throws {
    let configuration = TrainingConfiguration(
      architecture: .linear, optimizer: .lbfgs(iterations: 500, tolerance: 1e-6), l2: 0.01)
    var weighted = Self.set
    weighted.weights = (0..<120).map { Float($0 % 3) }
    let repeated = Self.set.subset((0..<120).flatMap { [Int](repeating: $0, count: $0 % 3) })
    // The same scaling for both, so that the penalty is the same too.
    let start = try train(Self.set, configuration)
    let a = try train(weighted, configuration, options: .init(start: start)).probabilities(of: Self.set.features.view)
    let b = try train(repeated, configuration, options: .init(start: start)).probabilities(of: Self.set.features.view)
    #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test("The learning rate falls where the loss no longer does")
  func plateau() throws {
    // At a rate of nearly nothing the loss stands still: with the plateau rule the parameters then move less.
    func moved(_ schedule: LearningRateSchedule) throws -> Float {
      let configuration = Self.configuration {
        ($0.schedule, $0.learningRate, $0.epochs) = (schedule, 1e-5, 20)
        $0.architecture = .linear
      }
      var first: TrainedModel?
      let last = try train(Self.set, configuration, progress: { first = first ?? $0.snapshot() })
      return zip(try #require(first).parameterValues, last.parameterValues).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
    #expect(try moved(.plateau(patience: 0, factor: 0.1, threshold: 0.5)) < 0.3 * moved(.constant))
    #expect(try moved(.cyclic(period: 4, floor: 0)) < 0.7 * moved(.constant))
  }

  @Test("Settings are read from files of earlier versions, and from their own")
  func coding() throws {
    let full = Self.configuration {
      $0.optimizer = .sgd(momentum: 0.5, nesterov: true)
      $0.schedule = .product([.warmUp(epochs: 2), .cosine(floor: 0.1)])
      ($0.l1, $0.labelSmoothing, $0.gradientClipping) = (0.1, 0.2, 3)
      $0.classWeights = .given([1, 2])
      $0.architecture = .convolutional(.init(height: 8, width: 8))
    }
    let text = try JSONEncoder().encode(full)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: text) == full)
    let old = """
      {"architecture":{"linear":{}},"epochs":3,"minimumSteps":4,"maximumSteps":5,"batchSize":6,"learningRate":0.5,
      "l2":0.25,"weightDecay":0,"seed":9}
      """
    let read = try JSONDecoder().decode(TrainingConfiguration.self, from: Data(old.utf8))
    #expect(
      read
        == TrainingConfiguration(
          architecture: .linear, epochs: 3, minimumSteps: 4, maximumSteps: 5, batchSize: 6, learningRate: 0.5, l2: 0.25,
          seed: 9))
  }
}
