import Tensors

/// One training from start values to the last epoch: mini-batches, steps, and early stopping.
struct TrainingRun {
  let network: Network
  let configuration: TrainingConfiguration
  let options: TrainingOptions
  /// Scaled features.
  let training: LabelledSet
  /// The places of the training rows in the caller's set.
  let places: [Int]
  /// Scaled features that early stopping watches; nil trains all epochs.
  let holdout: LabelledSet?
  let pool: ComputePool?
  /// Wraps parameters to a model, for whoever watches.
  let model: @Sendable (Matrix, TrainingSummary) -> TrainedModel

  /// Start values: those of the warm start, or random ones; pruned parameters are 0.
  func startValues() -> Matrix {
    var starts = SeededGenerator(seed: configuration.seed, stream: RandomStream.startValues.rawValue)
    var parameters = options.start?.parameters ?? network.initialParameters(using: &starts)
    if let mask = options.mask {
      parameters.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { mask.apply(to: base) } }
    }
    return parameters
  }

  /// Trains and returns the final parameters, or those of the best epoch under early stopping.
  func run(
    _ rule: some UpdateRule, progress: (TrainingProgress) -> Void, isCancelled: () -> Bool
  ) throws(LearningError) -> (parameters: Matrix, summary: TrainingSummary) {
    var rule = rule
    var parameters = startValues()
    let rows = training.count
    let epochs = configuration.epochs(forRows: rows)
    let size = configuration.batchSize
    let step = TrainingStep(
      network: network, training: training, objective: Objective(training, configuration), batchSize: size,
      seed: configuration.seed, pool: pool)
    let shaping = GradientShaping(network: network, configuration: configuration, mask: options.mask)
    var order = EpochOrder(options.order, rows: places, seed: configuration.seed)
    var rate = LearningRateCourse(configuration.schedule, stepsPerEpoch: (rows + size - 1) / size, epochs: epochs)
    var summary = TrainingSummary(epochs: 0, finalLoss: .infinity, operations: 0)
    var best: (parameters: Matrix, loss: Double, epoch: Int)?
    var steps = 0

    for epoch in 1...epochs {
      let order = order.rows(epoch: epoch, of: epochs)
      var total = 0.0
      for start in stride(from: 0, to: order.count, by: size) {
        if isCancelled() { throw .cancelled }
        let batch = order[start..<min(order.count, start + size)]
        let learningRate = configuration.learningRate * rate.factor(afterSteps: steps)
        let loss = parameters.withUnsafeMutableBufferPointer { values -> Double in
          guard let base = values.baseAddress else { return .nan }
          let loss = step.lossAndGradient(base, batch)
          shaping.apply(to: step.gradient, at: base)
          rule.step(base, step.gradient, learningRate: learningRate)
          return loss
        }
        if !loss.isFinite { throw .notFinite(epoch: epoch) }
        total += loss * Double(batch.count)
        steps += 1
      }
      summary = TrainingSummary(
        epochs: epoch, finalLoss: total / Double(order.count),
        operations: summary.operations + network.trainingOperationsPerRow * Double(order.count))
      let validation = try holdout.map { set throws(LearningError) in try validationLoss(set, parameters) }
      rate.epochEnded(loss: validation ?? summary.finalLoss)
      tell(progress, epoch, epochs, validation, parameters, summary)
      if let validation, let early = configuration.earlyStopping {
        if !validation.isFinite { throw .notFinite(epoch: epoch) }
        if validation < best?.loss ?? .infinity {
          best = (parameters, validation, epoch)
        } else if let best, epoch - best.epoch >= early.patience {
          break
        }
      }
    }
    return (best?.parameters ?? parameters, summary)
  }

  private func tell(
    _ progress: (TrainingProgress) -> Void, _ epoch: Int, _ epochs: Int, _ validation: Double?, _ parameters: Matrix,
    _ summary: TrainingSummary
  ) {
    let model = model
    progress(
      TrainingProgress(
        epoch: epoch, epochs: epochs, loss: summary.finalLoss, validationLoss: validation,
        model: { model(parameters, summary) }))
  }

  /// The mean loss on held-out rows, without dropout.
  private func validationLoss(_ set: LabelledSet, _ parameters: Matrix) throws(LearningError) -> Double {
    let inference = Inference(network: network, parameters: parameters)
    var logits = try inference.logits(of: set.features.view, pool: pool, isCancelled: { false })
    let objective = Objective(set, nil)
    return logits.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return .nan }
      return objective.lossAndGradient(base, batch: Array(0..<set.count)[...])
    }
  }
}

/// What a training took and reached.
struct TrainingSummary: Codable, Sendable, Equatable {
  var epochs: Int
  var finalLoss: Double
  var operations: Double
}
