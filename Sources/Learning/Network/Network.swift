import Tensors

/// The layers of a network, and where each finds its parameters in the one array that holds all of them.
struct Network: Sendable {
  let inputs: Int
  let classes: Int
  let layers: [any Layer]
  /// The first parameter of every layer.
  let offsets: [Int]
  let parameterCount: Int

  init(_ architecture: Architecture, inputs: Int, classes: Int) {
    self.inputs = inputs
    self.classes = classes
    layers = architecture.layers(inputs: inputs, classes: classes)
    var offsets: [Int] = []
    var next = 0
    for layer in layers {
      offsets.append(next)
      next += layer.parameters.reduce(0) { $0 + $1.count }
    }
    self.offsets = offsets
    parameterCount = next
  }

  /// Rows of a slice of a mini-batch that is worth a thread; nil where mini-batches are too little work to share.
  var sliceRows: Int? { layers.contains { $0 is ConvolutionLayer } ? 8 : nil }

  /// Rows that prediction takes at once: enough for fast products, few enough for the cache.
  var blockRows: Int { layers.contains { $0 is ConvolutionLayer } ? 32 : 512 }

  /// Runs of parameters that share a decay rule, in order, covering all of them.
  var decayRuns: [(range: Range<Int>, decays: Bool)] {
    var runs: [(Range<Int>, Bool)] = []
    var next = 0
    for shape in layers.flatMap(\.parameters) {
      runs.append((next..<next + shape.count, shape.decays))
      next += shape.count
    }
    return runs
  }

  /// Operations of one training step over one row: forward, and backward to parameters and inputs.
  var trainingOperationsPerRow: Double {
    layers.enumerated().reduce(0) { $0 + $1.element.operationsPerRow * ($1.offset == 0 ? 2 : 3) }
  }

  /// Fresh parameters, drawn from `generator`.
  func initialParameters(using generator: inout SeededGenerator) -> Matrix {
    var parameters = Matrix(rows: 1, columns: parameterCount)
    parameters.withUnsafeMutableBufferPointer { all in
      guard let base = all.baseAddress else { return }
      for (layer, offset) in zip(layers, offsets) { layer.initialise(base + offset, using: &generator) }
    }
    return parameters
  }
}
