private import Glibc
public import Tensors

/// A trained network with the scaling of its inputs: all that prediction needs.
///
/// Immutable, and safe to use from any thread.
public struct TrainedModel: Sendable {
  /// The network's shape.
  public let architecture: Architecture
  /// Number of features of an input row.
  public var inputs: Int { network.inputs }
  /// Number of classes.
  public var classes: Int { network.classes }
  /// Whether the classes exclude each other (rows of probabilities sum to 1) or are independent labels.
  public let outputKind: OutputKind
  /// Number of parameters, running statistics of batch normalisation included.
  public var parameterCount: Int { network.parameterCount }
  /// All parameters as trained, on scaled inputs, `(parameterCount)`: layer after layer, weights before biases.
  public var parameterValues: [Float] { parameters.values }
  /// Whether each parameter is a weight, which decays and may be pruned, and not a bias or a statistic.
  public var isWeight: [Bool] { network.decayRuns.flatMap { [Bool](repeating: $0.decays, count: $0.range.count) } }
  /// Floating-point operations that training took.
  public var trainingFLOPs: Double { summary.operations }
  /// Epochs that training ran.
  public var epochsRun: Int { summary.epochs }
  /// The mean training loss of the last epoch, in nats, with dropout on.
  public var finalLoss: Double { summary.finalLoss }
  /// What the model file says besides the model, such as the round and the label names; see ``safetensors(metadata:)``.
  public internal(set) var metadata: [String: String] = [:]

  let network: Network
  let scaling: InputScaling
  /// As trained, on scaled inputs, `(1, parameterCount)`.
  let parameters: Matrix
  let summary: TrainingSummary
  /// The same, on features as they are: with the scaling folded into the first layer, or applied before it.
  let inference: Inference

  init(
    architecture: Architecture, network: Network, outputKind: OutputKind = .softmax, scaling: InputScaling,
    parameters: Matrix, summary: TrainingSummary
  ) {
    self.architecture = architecture
    self.outputKind = outputKind
    self.network = network
    self.scaling = scaling
    self.parameters = parameters
    self.summary = summary
    if let first = network.layers.first as? DenseLayer {
      var folded = parameters
      scaling.fold(into: &folded, of: first)
      inference = Inference(network: network, parameters: folded)
    } else {
      // A mean for each pixel cannot be folded into filters that all pixels share.
      inference = Inference(network: network, parameters: parameters, scaling: scaling)
    }
  }

  /// The constant model of a set whose labels are all of one class, or nil where there are two classes.
  ///
  /// With `m` labels that class has probability `(m + 1) / (m + c)`, every other `1 / (m + c)`.
  init?(ifConstant set: LabelledSet) {
    guard case .classes(let labels) = set.targets, let only = labels.first, labels.allSatisfy({ $0 == only }) else {
      return nil
    }
    let network = Network(.linear, inputs: set.features.columns, classes: set.classes)
    var parameters = Matrix(rows: 1, columns: network.parameterCount)
    let bias = network.parameterCount - set.classes + only
    let odds = Double(labels.count + 1)
    parameters[0, bias] = Float(log(odds))
    let loss = log(Double(labels.count + set.classes) / odds)
    self.init(
      architecture: .linear, network: network,
      scaling: InputScaling(mean: [Float](repeating: 0, count: set.features.columns), scale: 1),
      parameters: parameters, summary: TrainingSummary(epochs: 0, finalLoss: loss, operations: 0))
  }

  /// Probabilities `(n, c)` of rows `(n, d)`, with dropout off: distributions, or independent ones for several labels.
  ///
  /// - Parameter isCancelled: asked before every block of 512 rows, from any thread.
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/cancelled``.
  /// - Complexity: O(n · parameters).
  public func probabilities(
    of x: MatrixView, pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws(LearningError) -> Matrix {
    try checkWidth(x)
    var result = try inference.logits(of: x, pool: pool, isCancelled: isCancelled)
    switch outputKind {
    case .softmax: softmaxRows(&result, pool: pool)
    case .sigmoid: sigmoid(&result, pool: pool)
    }
    return result
  }

  /// What probabilities are computed from, `(n, c)`, with dropout off: for calibration and distillation.
  ///
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/cancelled``.
  public func logits(
    of x: MatrixView, pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws(LearningError) -> Matrix {
    try checkWidth(x)
    return try inference.logits(of: x, pool: pool, isCancelled: isCancelled)
  }

  /// The last hidden representation `(n, h)` of rows `(n, d)`, with dropout off; for a linear model the rows themselves.
  ///
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``.
  public func hidden(of x: MatrixView, pool: ComputePool? = nil) throws(LearningError) -> Matrix {
    try checkWidth(x)
    return try inference.output(of: x, layers: network.layers.count - 1, pool: pool, isCancelled: { false })
  }

  func checkWidth(_ x: MatrixView) throws(LearningError) {
    if x.columns != inputs { throw .widthMismatch(expected: inputs, actual: x.columns) }
  }
}
