import Tensors
import Testing

@testable import Learning

@Suite struct GradientTests {
  /// The loss of a network on a fixed batch with fixed masks, and its analytic gradient.
  private func lossAndGradient(
    _ network: Network, _ parameters: Matrix, _ set: LabelledSet, _ configuration: TrainingConfiguration
  ) -> (Double, [Float]) {
    let rows = set.count
    let workspace = TrainingWorkspace(network: network, capacity: rows)
    workspace.input.update(from: set.features.view.base, count: rows * network.inputs)
    var masks = SeededGenerator(seed: 77)
    workspace.forward(parameters.view.base, rows: rows, using: &masks, pool: nil)
    workspace.logitGradient.update(from: workspace.logits, count: rows * network.classes)
    let loss = Objective(set, configuration).lossAndGradient(workspace.logitGradient, batch: Array(0..<rows)[...])
    workspace.backward(parameters.view.base, rows: rows, pool: nil)
    return (loss, Array(UnsafeBufferPointer(start: workspace.parameterGradient, count: network.parameterCount)))
  }

  @Test(
    "Derivatives agree with central differences, with the same dropout masks",
    arguments: [
      Architecture.linear, .perceptron(hidden: [7], dropout: 0), .perceptron(hidden: [9, 6], dropout: 0.4),
      .network(.init(hidden: [7], activation: .leakyRelu, dropout: 0.2)),
      .network(.init(hidden: [6, 5], activation: .gelu, dropout: 0)),
      .network(.init(hidden: [7], activation: .tanh, normalization: .layer, dropout: 0.3)),
      .network(.init(hidden: [7, 4], activation: .silu, normalization: .batch, dropout: 0)),
      .network(.init(hidden: [7], normalization: .batch, dropout: 0.3)),
    ])
  func finiteDifferences(architecture: Architecture) {
    let network = Network(architecture, inputs: 5, classes: 4)
    let set = Fixtures.blobs(rows: 12, inputs: 5, classes: 4, seed: 2)
    check(network, set, every: 1)
  }

  @Test(
    "Derivatives of convolutions agree with central differences",
    arguments: [
      // Whole patches, odd sizes that pooling does not fill, and dropout; then rows of patches in the second stage.
      ConvolutionalShape(
        height: 7, width: 6, channels: 2, filters: [3, 4], kernel: 3, hidden: 6, dropout: 0.3, convolutionDropout: 0.2),
      ConvolutionalShape(height: 8, width: 9, channels: 1, filters: [14, 3], kernel: 5, hidden: 5, dropout: 0),
      ConvolutionalShape(height: 6, width: 6, channels: 1, filters: [2], kernel: 1, pooling: 3, hidden: 5),
    ])
  func convolutions(shape: ConvolutionalShape) {
    let network = Network(.convolutional(shape), inputs: shape.inputs, classes: 3)
    var set = Fixtures.blobs(rows: 5, inputs: shape.inputs, classes: 3, seed: 2)
    set.features = InputScaling(fitting: set.features.view).apply(to: set.features.view)
    check(network, set, every: network.parameterCount > 1000 ? 7 : 1)
  }

  @Test("Derivatives of every loss agree with central differences, with weights and smoothing")
  func losses() {
    let network = Network(.perceptron(hidden: [6], dropout: 0.3), inputs: 5, classes: 4)
    let plain = Fixtures.blobs(rows: 12, inputs: 5, classes: 4, seed: 2)
    var soft = Matrix(rows: 12, columns: 4)
    var several = Matrix(rows: 12, columns: 4)
    for row in 0..<12 {
      for column in 0..<4 {
        soft[row, column] = Float((row + column) % 4) / 6
        several[row, column] = (row + column) % 3 == 0 ? 1 : 0
      }
    }
    let weights = (0..<12).map { Float($0 % 3) }
    for targets in [plain.targets, .distributions(soft), .labels(several)] {
      let set = LabelledSet(features: plain.features, targets: targets, classes: 4, weights: weights)
      check(network, set, every: 1, smoothing: 0.2, classWeights: .given([1, 2, 0.5, 3]))
      check(network, set, every: 1, classWeights: .balanced)
    }
  }

  /// Compares every `step`-th derivative with a central difference.
  private func check(
    _ network: Network, _ set: LabelledSet, every stride: Int, smoothing: Float = 0, classWeights: ClassWeights = .none
  ) {
    let configuration = TrainingConfiguration(
      architecture: .linear, labelSmoothing: smoothing, classWeights: classWeights)
    var generator = SeededGenerator(seed: 1)
    let parameters = network.initialParameters(using: &generator)
    let gradient = lossAndGradient(network, parameters, set, configuration).1
    let largest = gradient.map { abs($0) }.max() ?? 0
    #expect(largest > 0.01)
    var deviations: [Double] = []
    for index in Swift.stride(from: 0, to: network.parameterCount, by: stride) {
      let step: Float = 2e-3
      var (up, down) = (parameters, parameters)
      up[0, index] += step
      down[0, index] -= step
      let difference =
        lossAndGradient(network, up, set, configuration).0 - lossAndGradient(network, down, set, configuration).0
      let numeric = Float(difference / Double(up[0, index] - down[0, index]))
      // Where a unit crosses the rectifier's kink within the step the two differ: rarely, so that the mean shows it if
      // more than that is wrong.
      #expect(abs(numeric - gradient[index]) < 0.05 * largest, "parameter \(index)")
      deviations.append(Double(abs(numeric - gradient[index]) / largest))
    }
    #expect(deviations.reduce(0, +) / Double(deviations.count) < 2e-3)
  }

  @Test("Adam's first steps are those of the published algorithm")
  func adamByHand() {
    let network = Network(.linear, inputs: 1, classes: 1)
    var adam = Adam(network: network, l2: 0.5, weightDecay: 0)
    var values: [Float] = [2, 1]
    // Weight: g = 3 + 0.5 * 2 = 4; bias: g = -1. The first step is the rate times the sign of the gradient.
    values.withUnsafeMutableBufferPointer { p in
      guard let base = p.baseAddress else { return }
      adam.step(base, [3, -1], learningRate: 0.1)
    }
    #expect(abs(values[0] - 1.9) < 1e-6)
    #expect(abs(values[1] - 1.1) < 1e-6)
    // Second step, weight: g = 0.95, m = 0.9*0.4 + 0.1*0.95 = 0.455, v = 0.999*0.016 + 0.001*0.9025 = 0.0168865.
    values.withUnsafeMutableBufferPointer { p in
      guard let base = p.baseAddress else { return }
      adam.step(base, [0, 0], learningRate: 0.1)
    }
    let expected = 1.9 - 0.1 * (0.455 / 0.19) / (0.016_886_5 / 0.001_999).squareRoot()
    #expect(abs(Double(values[0]) - expected) < 1e-5)
  }

  @Test("Decoupled decay shrinks weights and spares biases")
  func decoupledDecay() {
    let network = Network(.linear, inputs: 1, classes: 1)
    var adam = Adam(network: network, l2: 0, weightDecay: 0.5)
    var values: [Float] = [2, 1]
    values.withUnsafeMutableBufferPointer { p in
      guard let base = p.baseAddress else { return }
      adam.step(base, [0, 0], learningRate: 0.1)
    }
    #expect(abs(values[0] - 1.9) < 1e-6)
    #expect(values[1] == 1)
  }
}
