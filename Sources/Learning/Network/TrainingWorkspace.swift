import Tensors

/// The memory of training steps of up to `capacity` rows, allocated once: activations, layer states and gradients.
///
/// Not `Sendable`: it belongs to the thread that trains.
final class TrainingWorkspace {
  let network: Network
  /// Activations `(capacity, width)`: the input first, then the output of every layer.
  private let activations: [UnsafeMutablePointer<Float>]
  /// What the pass at hand may use, whatever the layer.
  private let scratch: UnsafeMutablePointer<Float>
  private let states: [UnsafeMutablePointer<Float>]
  /// Two gradients of activations, used in turn.
  private let gradients: [UnsafeMutablePointer<Float>]
  /// The derivative of the loss with respect to every parameter.
  let parameterGradient: UnsafeMutablePointer<Float>

  init(network: Network, capacity: Int) {
    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
      memory.initialize(repeating: 0, count: max(1, count))
      return memory
    }
    self.network = network
    let widest = network.layers.map { max($0.inputs, $0.outputs) }.max() ?? 1
    activations = [floats(capacity * network.inputs)] + network.layers.map { floats(capacity * $0.outputs) }
    states = network.layers.map { floats(capacity * $0.stateWidth) }
    gradients = [floats(capacity * widest), floats(capacity * widest)]
    scratch = floats(network.layers.map(\.scratchWidth).max() ?? 0)
    parameterGradient = floats(network.parameterCount)
  }

  deinit { for memory in activations + states + gradients + [parameterGradient, scratch] { memory.deallocate() } }

  /// Where the caller puts a mini-batch, `(rows, inputs)`.
  var input: UnsafeMutablePointer<Float> { activations[0] }
  /// Logits of the last forward pass, `(rows, classes)`.
  var logits: UnsafeMutablePointer<Float> { activations[activations.count - 1] }
  /// Where the caller puts the derivative of the loss with respect to the logits, `(rows, classes)`.
  var logitGradient: UnsafeMutablePointer<Float> { gradients[0] }

  /// Computes the logits of the `rows` rows at ``input``, with dropout on.
  func forward(
    _ parameters: UnsafePointer<Float>, rows: Int, using generator: inout SeededGenerator, pool: ComputePool?
  ) {
    for index in network.layers.indices {
      network.layers[index].forward(pass(index, parameters, rows, pool), using: &generator)
    }
  }

  /// Computes ``parameterGradient`` from ``logitGradient`` for the last forward pass.
  func backward(_ parameters: UnsafePointer<Float>, rows: Int, pool: ComputePool?) {
    for (step, index) in network.layers.indices.reversed().enumerated() {
      network.layers[index].backward(
        pass(index, parameters, rows, pool), outputGradient: gradients[step % 2],
        parameterGradient: parameterGradient + network.offsets[index],
        inputGradient: index == 0 ? nil : gradients[(step + 1) % 2])
    }
  }

  /// Moves the running statistics of one layer towards those of the last forward pass.
  func updateStatistics(_ index: Int, _ parameters: UnsafeMutablePointer<Float>, rows: Int) {
    network.layers[index].updateStatistics(
      parameters + network.offsets[index], pass(index, parameters, rows, nil))
  }

  private func pass(_ index: Int, _ parameters: UnsafePointer<Float>, _ rows: Int, _ pool: ComputePool?) -> LayerPass {
    LayerPass(
      rows: rows, parameters: parameters + network.offsets[index], input: activations[index],
      output: activations[index + 1], state: states[index], scratch: scratch, pool: pool)
  }
}
