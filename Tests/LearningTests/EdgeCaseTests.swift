import Learning
import Tensors
import Testing

@Suite struct EdgeCaseTests {
  static let architectures: [Architecture] = [
    .linear, .perceptron(hidden: [8], dropout: 0.5),
    .network(.init(hidden: [8], activation: .gelu, normalization: .batch)),
    .convolutional(.init(height: 4, width: 4, filters: [3], kernel: 3, hidden: 8)),
  ]

  static func configuration(_ architecture: Architecture) -> TrainingConfiguration {
    TrainingConfiguration(architecture: architecture, epochs: 3, minimumSteps: 0, batchSize: 4)
  }

  @Test("Two items, constant features and a class seen once give finite probabilities", arguments: architectures)
  func small(architecture: Architecture) throws {
    var once = Fixtures.blobs(rows: 9, inputs: 16, classes: 2, seed: 1)
    once.labels = [0, 0, 0, 0, 1, 0, 0, 0, 0]
    let sets = [
      Fixtures.blobs(rows: 2, inputs: 16, classes: 2, seed: 1),
      LabelledSet(features: Matrix(rows: 5, columns: 16, repeating: 7), labels: [0, 1, 0, 1, 1], classes: 2), once,
    ]
    for set in sets {
      let model = try train(set, Self.configuration(architecture))
      #expect(try model.probabilities(of: set.features.view).values.allSatisfy { $0 > 0 && $0 < 1 })
      let committee = try model.committee(of: set.features.view, passes: 3, seed: 0)
      #expect(committee.values.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test("A thousand classes, most of them never seen", arguments: architectures)
  func manyClasses(architecture: Architecture) throws {
    let blobs = Fixtures.blobs(rows: 40, inputs: 16, classes: 20, seed: 1)
    let set = LabelledSet(features: blobs.features, labels: blobs.labels.map { 50 * $0 }, classes: 1000)
    let p = try train(set, Self.configuration(architecture)).probabilities(of: set.features.view)
    #expect(p.columns == 1000 && p.values.allSatisfy { $0.isFinite })
  }

  @Test("Images of another size, and features that are not finite, are refused with the place")
  func refused() throws {
    let architecture = Self.architectures[3]
    let wide = Fixtures.blobs(rows: 6, inputs: 17, classes: 2, seed: 1)
    #expect(throws: LearningError.widthMismatch(expected: 16, actual: 17)) {
      try train(wide, Self.configuration(architecture))
    }
    var broken = Fixtures.blobs(rows: 6, inputs: 16, classes: 2, seed: 1)
    broken.features[3, 7] = .infinity
    #expect(throws: LearningError.notFiniteInput(row: 3, column: 7)) {
      try train(broken, Self.configuration(architecture))
    }
    for shape in [
      ConvolutionalShape(height: 4, width: 4, kernel: 2), ConvolutionalShape(height: 4, width: 4, filters: [2, 2, 2]),
      ConvolutionalShape(height: 400, width: 4), ConvolutionalShape(height: 4, width: 4, dropout: 1),
    ] {
      #expect(throws: LearningError.self) { try train(broken, Self.configuration(.convolutional(shape))) }
    }
  }

  @Test("Targets and weights that do not fit are refused with the row")
  func targets() {
    let plain = Fixtures.blobs(rows: 3, inputs: 2, classes: 2, seed: 1)
    func failure(_ targets: Targets, weights: [Float]? = nil) -> LearningError? {
      let set = LabelledSet(features: plain.features, targets: targets, classes: 2, weights: weights)
      do {
        try set.validate()
        return nil
      } catch { return error }
    }
    func matrix(_ values: [Float]) -> Matrix { Matrix(rows: 3, columns: values.count / 3, values: values) }
    #expect(failure(.distributions(matrix([1, 0, 0.5, 0.5, 0, 1]))) == nil)
    #expect(failure(.distributions(matrix([1, 0, 0.5, 0.4, 0, 1]))) == .notADistribution(row: 1))
    #expect(failure(.distributions(matrix([1, 0, 0, 1, .nan, 1]))) == .notADistribution(row: 2))
    #expect(failure(.distributions(matrix([1, 1, 1]))) == .targetWidth(expected: 2, actual: 1))
    #expect(failure(.labels(matrix([1, 1, 0, 0, 0, 1]))) == nil)
    #expect(failure(.labels(matrix([1, 1, 0, 2, 0, 1]))) == .labelValueOutOfRange(row: 1))
    #expect(failure(plain.targets, weights: [1, 2]) == .weightCount(rows: 3, weights: 2))
    #expect(failure(plain.targets, weights: [1, -2, 0]) == .invalidWeight(row: 1))
    #expect(failure(plain.targets, weights: [0, 0, 0]) == .noLabels)
    #expect(Targets.distributions(matrix([0.2, 0.8, 0.5, 0.5, 1, 0])).labels == [1, 0, 0])
  }

  @Test("A convolutional network learns, is the same on any number of threads, and survives its file")
  func convolution() throws {
    // Bars that stand or lie, anywhere.
    var generator = SeededGenerator(seed: 3)
    var features = Matrix(rows: 120, columns: 64)
    for row in 0..<120 {
      let place = generator.index(below: 8)
      for offset in 0..<8 { features[row, row % 2 == 0 ? place * 8 + offset : offset * 8 + place] = 1 }
    }
    let set = LabelledSet(features: features, labels: (0..<120).map { $0 % 2 }, classes: 2)
    let configuration = TrainingConfiguration(
      architecture: .convolutional(
        .init(height: 8, width: 8, filters: [6, 8], kernel: 3, hidden: 16, convolutionDropout: 0.1)), epochs: 12)
    let models = try [nil, ComputePool(threads: 2), ComputePool(threads: 3)].map {
      try train(set, configuration, pool: $0)
    }
    #expect(Set(try models.map { try $0.safetensors() }).count == 1)
    let p = try models[0].probabilities(of: set.features.view, pool: ComputePool(threads: 2))
    #expect(try p == models[0].probabilities(of: set.features.view))
    #expect(ClassificationMetrics(probabilities: p, labels: set.labels)?.accuracy == 1)
    let read = try TrainedModel(safetensors: models[0].safetensors())
    #expect(read.architecture == configuration.architecture)
    #expect(try read.probabilities(of: set.features.view) == p)
    #expect(try read.hidden(of: set.features.view).columns == 16)
    #expect(read.isWeight.count == read.parameterCount && read.isWeight.contains(false))
  }

  @Test("A model of several labels learns each, and survives its file", arguments: architectures)
  func severalLabels(architecture: Architecture) throws {
    let blobs = Fixtures.blobs(rows: 160, inputs: 16, classes: 4, seed: 1)
    var labels = Matrix(rows: 160, columns: 3)
    for row in 0..<160 {
      labels[row, 0] = row % 4 < 2 ? 1 : 0
      labels[row, 1] = row % 4 == 3 ? 1 : 0
    }
    let set = LabelledSet(features: blobs.features, targets: .labels(labels), classes: 3)
    var configuration = TrainingConfiguration(architecture: architecture, epochs: 60, learningRate: 0.01)
    if architecture == .linear { configuration.optimizer = .lbfgs() }
    let model = try train(set, configuration)
    let p = try model.probabilities(of: set.features.view)
    for row in 0..<160 {
      for column in 0..<3 { #expect((p[row, column] > 0.5) == (labels[row, column] == 1)) }
    }
    let read = try TrainedModel(safetensors: model.safetensors())
    #expect(read.outputKind == .sigmoid)
    #expect(try read.probabilities(of: set.features.view) == p)
  }
}
