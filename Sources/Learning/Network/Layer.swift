import Tensors

/// One array of a layer's trainable numbers.
struct ParameterShape: Sendable {
  /// The name within its layer, as model files have it: `weight`, `bias`.
  let name: String
  /// The shape, row-major.
  let shape: [Int]
  /// Whether weight decay applies: to weights, not to biases.
  let decays: Bool
  /// Whether these are running statistics of the data, which no gradient moves.
  var isStatistic = false

  var count: Int { shape.reduce(1, *) }
}

/// The memory that one pass of one layer over a block of rows reads and writes.
struct LayerPass {
  /// Number of rows in the block.
  let rows: Int
  /// The layer's own parameters.
  let parameters: UnsafePointer<Float>
  /// Input `(rows, inputs)`.
  let input: UnsafePointer<Float>
  /// Output `(rows, outputs)`.
  let output: UnsafeMutablePointer<Float>
  /// What `forward` keeps for `backward`, `(rows, stateWidth)`.
  let state: UnsafeMutablePointer<Float>
  /// Memory for the duration of the pass, `scratchWidth` in all.
  let scratch: UnsafeMutablePointer<Float>
  /// Threads for large products.
  let pool: ComputePool?
}

/// One step of a network: a pure function of its input and its parameters, with its derivative.
///
/// A layer holds sizes only. Parameters of all layers lie in one array, so that optimisers, clipping, pruning and files
/// need not know layers.
protocol Layer: Sendable {
  /// Width of an input row.
  var inputs: Int { get }
  /// Width of an output row.
  var outputs: Int { get }
  /// The layer's parameters, in the order in which they lie in memory.
  var parameters: [ParameterShape] { get }
  /// Floats to keep for each row between `forward` and `backward`.
  var stateWidth: Int { get }
  /// Floats that a pass needs besides, whatever its rows.
  var scratchWidth: Int { get }
  /// Whether the layer is random in training and the identity otherwise.
  var isStochastic: Bool { get }
  /// Whether the layer gathers statistics of the data in training.
  var keepsStatistics: Bool { get }
  /// Operations of a forward pass over one row; each of the two derivatives costs as much again.
  var operationsPerRow: Double { get }
  /// Draws the start values of the parameters.
  func initialise(_ parameters: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator)
  /// Computes the output of a pass in training; stochastic layers draw from `generator`.
  func forward(_ pass: LayerPass, using generator: inout SeededGenerator)
  /// Computes the output of a pass in prediction, without touching `state` and `scratch`; stochastic layers are never asked.
  func infer(_ pass: LayerPass)
  /// Moves the running statistics among `parameters` towards those of the pass that `forward` saw.
  func updateStatistics(_ parameters: UnsafeMutablePointer<Float>, _ pass: LayerPass)
  /// Computes derivatives of the loss from that of the output, for the pass that `forward` saw.
  ///
  /// `parameterGradient` is overwritten. `inputGradient` is nil for the first layer, whose input nobody trains.
  func backward(
    _ pass: LayerPass, outputGradient: UnsafePointer<Float>, parameterGradient: UnsafeMutablePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>?)
}

extension Layer {
  var parameters: [ParameterShape] { [] }
  var stateWidth: Int { 0 }
  var scratchWidth: Int { 0 }
  var isStochastic: Bool { false }
  var keepsStatistics: Bool { false }
  var operationsPerRow: Double { 0 }
  func initialise(_ parameters: UnsafeMutablePointer<Float>, using generator: inout SeededGenerator) {}
  func updateStatistics(_ parameters: UnsafeMutablePointer<Float>, _ pass: LayerPass) {}
  func infer(_ pass: LayerPass) {
    var generator = SeededGenerator(seed: 0)  // Nothing draws from it: the layer is not stochastic.
    forward(pass, using: &generator)
  }
}
