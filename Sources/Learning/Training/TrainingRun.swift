import Tensors

/// One training from start values to the last epoch: mini-batches, steps, and early stopping.
struct TrainingRun {
  let network: Network
  let configuration: TrainingConfiguration
  /// Scaled features.
  let training: LabelledSet
  /// Scaled features that early stopping watches; nil trains all epochs.
  let holdout: LabelledSet?
  let pool: ComputePool?

  /// Trains and returns the final parameters, or those of the best epoch under early stopping.
  func run(
    progress: (TrainingProgress) -> Void, isCancelled: () -> Bool
  ) throws(LearningError) -> (parameters: Matrix, summary: TrainingSummary) {
    var starts = SeededGenerator(seed: configuration.seed, stream: RandomStream.startValues.rawValue)
    var orders = SeededGenerator(seed: configuration.seed, stream: RandomStream.order.rawValue)
    var masks = SeededGenerator(seed: configuration.seed, stream: RandomStream.dropout.rawValue)
    var parameters = network.initialParameters(using: &starts)
    var optimizer = Adam(network: network, l2: configuration.l2, weightDecay: configuration.weightDecay)
    let rows = training.labels.count
    let epochs = configuration.epochs(forRows: rows)
    let workspace = TrainingWorkspace(network: network, capacity: min(configuration.batchSize, rows))
    var order = Array(0..<rows)
    var summary = TrainingSummary(epochs: 0, finalLoss: .infinity, operations: 0)
    var best: (parameters: Matrix, loss: Double, epoch: Int)?

    for epoch in 1...epochs {
      orders.shuffle(&order)
      var total = 0.0
      for start in stride(from: 0, to: rows, by: configuration.batchSize) {
        if isCancelled() { throw .cancelled }
        let batch = order[start..<min(rows, start + configuration.batchSize)]
        let loss = step(&parameters, batch, workspace, &optimizer, &masks)
        if !loss.isFinite { throw .notFinite(epoch: epoch) }
        total += loss * Double(batch.count)
      }
      summary = TrainingSummary(
        epochs: epoch, finalLoss: total / Double(rows),
        operations: summary.operations + network.trainingOperationsPerRow * Double(rows))
      let validation = try holdout.map { set throws(LearningError) in try validationLoss(set, parameters) }
      progress(
        TrainingProgress(epoch: epoch, epochs: epochs, loss: summary.finalLoss, validationLoss: validation))
      if let validation, let rule = configuration.earlyStopping {
        if !validation.isFinite { throw .notFinite(epoch: epoch) }
        if validation < best?.loss ?? .infinity {
          best = (parameters, validation, epoch)
        } else if let best, epoch - best.epoch >= rule.patience {
          break
        }
      }
    }
    return (best?.parameters ?? parameters, summary)
  }

  /// One mini-batch: forward, loss, backward, update; returns the batch's mean loss.
  private func step(
    _ parameters: inout Matrix, _ batch: ArraySlice<Int>, _ workspace: TrainingWorkspace, _ optimizer: inout Adam,
    _ masks: inout SeededGenerator
  ) -> Double {
    let (features, width, classes) = (training.features.view, network.inputs, network.classes)
    for (position, row) in batch.enumerated() {
      (workspace.input + position * width).update(from: features.base + row * width, count: width)
    }
    return parameters.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return .nan }
      workspace.forward(base, rows: batch.count, using: &masks, pool: pool)
      workspace.logitGradient.update(from: workspace.logits, count: batch.count * classes)
      let loss = SoftmaxCrossEntropy.lossAndGradient(workspace.logitGradient, rows: batch.count, classes: classes) {
        training.labels[batch[batch.startIndex + $0]]
      }
      workspace.backward(base, rows: batch.count, pool: pool)
      optimizer.step(base, workspace.parameterGradient, learningRate: configuration.learningRate)
      return loss
    }
  }

  /// The mean loss on held-out rows, without dropout.
  private func validationLoss(_ set: LabelledSet, _ parameters: Matrix) throws(LearningError) -> Double {
    let inference = Inference(network: network, parameters: parameters)
    var logits = try inference.logits(of: set.features.view, pool: pool, isCancelled: { false })
    let rows = logits.rows
    return logits.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return .nan }
      return SoftmaxCrossEntropy.lossAndGradient(base, rows: rows, classes: set.classes) { set.labels[$0] }
    }
  }
}

/// What a training took and reached.
struct TrainingSummary: Codable, Sendable, Equatable {
  var epochs: Int
  var finalLoss: Double
  var operations: Double
}
