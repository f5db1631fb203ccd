import Tensors

extension TrainingRun {
  /// Trains a linear model on all rows at once by L-BFGS; one iteration counts as an epoch.
  func runWithAllRows(
    progress: (TrainingProgress) -> Void, isCancelled: () -> Bool
  ) throws(LearningError) -> (parameters: Matrix, summary: TrainingSummary) {
    guard case .lbfgs(let history, let iterations, let tolerance) = configuration.optimizer else {
      throw .invalidConfiguration("only L-BFGS works on all rows at once")
    }
    let rows = training.count
    let objective = LinearObjective(
      network: network, features: training.features.view, objective: Objective(training, configuration),
      l2: configuration.l2, mask: options.mask, pool: pool)
    // The loss is convex, so that the start decides nothing: zero is as good as any.
    var parameters = options.start?.parameters ?? Matrix(rows: 1, columns: network.parameterCount)
    var stopped = false
    var told = TrainingSummary(epochs: 0, finalLoss: .infinity, operations: 0)
    let search = LBFGS(history: history, iterations: iterations, tolerance: tolerance)
    let result = parameters.withUnsafeMutableBufferPointer { values in
      if let mask = options.mask, let base = values.baseAddress { mask.apply(to: base) }
      return search.minimise(
        values,
        evaluate: { point, gradient in
          if isCancelled() {
            stopped = true
            return .nan
          }
          return objective.value(at: point, gradient: gradient)
        },
        eachIteration: { iteration, point, loss in
          if stopped { return false }
          told = TrainingSummary(
            epochs: iteration, finalLoss: loss,
            operations: told.operations + network.trainingOperationsPerRow * Double(rows))
          let (model, summary) = (model, told)
          let values = Matrix(MatrixView(base: point, rows: 1, columns: network.parameterCount, owner: nil))
          progress(
            TrainingProgress(
              epoch: iteration, epochs: iterations, loss: loss, validationLoss: nil, model: { model(values, summary) }))
          return true
        })
    }
    if stopped { throw .cancelled }
    if !result.loss.isFinite { throw .notFinite(epoch: result.iterations + 1) }
    return (
      parameters,
      TrainingSummary(
        epochs: result.iterations, finalLoss: result.loss,
        operations: network.trainingOperationsPerRow * Double(rows) * Double(result.evaluations))
    )
  }
}

/// The loss of a linear model over all rows, with L2, and its gradient.
private struct LinearObjective {
  let network: Network
  let features: MatrixView
  let objective: Objective
  let l2: Float
  let mask: ParameterMask?
  let pool: ComputePool?
  private let logits: Matrix
  private let rows: [Int]

  init(
    network: Network, features: MatrixView, objective: Objective, l2: Float, mask: ParameterMask?, pool: ComputePool?
  ) {
    (self.network, self.features, self.objective, self.l2) = (network, features, objective, l2)
    (self.mask, self.pool) = (mask, pool)
    logits = Matrix(rows: features.rows, columns: network.classes)
    rows = Array(0..<features.rows)
  }

  func value(at point: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
    let layer = DenseLayer(inputs: network.inputs, outputs: network.classes, isRectified: false)
    var logits = self.logits
    var loss = logits.withUnsafeMutableBufferPointer { values -> Double in
      guard let base = values.baseAddress else { return .nan }
      let pass = LayerPass(
        rows: features.rows, parameters: point, input: features.base, output: base, state: base, scratch: base,
        pool: pool)
      layer.apply(
        point, to: features.base, leadingInput: layer.inputs, into: base, leadingOutput: layer.outputs,
        rows: features.rows, pool: pool)
      let loss = objective.lossAndGradient(base, batch: rows[...])
      layer.backward(pass, outputGradient: base, parameterGradient: gradient, inputGradient: nil)
      return loss
    }
    var squares = 0.0
    for index in 0..<layer.weightCount {
      squares += Double(point[index]) * Double(point[index])
      gradient[index] += l2 * point[index]
    }
    mask?.apply(to: gradient)
    loss += 0.5 * Double(l2) * squares
    return loss
  }
}
