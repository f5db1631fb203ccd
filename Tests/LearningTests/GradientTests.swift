import Tensors
import Testing

@testable import Learning

@Suite struct GradientTests {
  /// The loss of a network on a fixed batch with fixed masks, and its analytic gradient.
  private func lossAndGradient(_ network: Network, _ parameters: Matrix, _ set: LabelledSet) -> (Double, [Float]) {
    let rows = set.count
    let workspace = TrainingWorkspace(network: network, capacity: rows)
    workspace.input.update(from: set.features.view.base, count: rows * network.inputs)
    var masks = SeededGenerator(seed: 77)
    workspace.forward(parameters.view.base, rows: rows, using: &masks, pool: nil)
    workspace.logitGradient.update(from: workspace.logits, count: rows * network.classes)
    let configuration = TrainingConfiguration(architecture: .linear)
    let loss = Objective(set, configuration).lossAndGradient(workspace.logitGradient, batch: Array(0..<rows)[...])
    workspace.backward(parameters.view.base, rows: rows, pool: nil)
    return (loss, Array(UnsafeBufferPointer(start: workspace.parameterGradient, count: network.parameterCount)))
  }

  @Test(
    "Derivatives agree with central differences, with the same dropout masks",
    arguments: [
      Architecture.linear, .perceptron(hidden: [7], dropout: 0), .perceptron(hidden: [9, 6], dropout: 0.4),
    ])
  func finiteDifferences(architecture: Architecture) {
    let network = Network(architecture, inputs: 5, classes: 4)
    let set = Fixtures.blobs(rows: 12, inputs: 5, classes: 4, seed: 2)
    var generator = SeededGenerator(seed: 1)
    let parameters = network.initialParameters(using: &generator)
    let gradient = lossAndGradient(network, parameters, set).1
    let largest = gradient.map { abs($0) }.max() ?? 0
    #expect(largest > 0.01)
    for index in 0..<network.parameterCount {
      let step: Float = 2e-3
      var (up, down) = (parameters, parameters)
      up[0, index] += step
      down[0, index] -= step
      let difference = lossAndGradient(network, up, set).0 - lossAndGradient(network, down, set).0
      let numeric = Float(difference / Double(up[0, index] - down[0, index]))
      // Where a unit crosses the rectifier's kink within the step the two may differ; the bound leaves room for it.
      #expect(abs(numeric - gradient[index]) < 0.02 * largest, "parameter \(index)")
    }
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
