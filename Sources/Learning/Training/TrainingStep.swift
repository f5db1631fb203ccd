import Tensors

/// The loss and the gradient of one mini-batch after another, in memory that is allocated once.
///
/// Networks that are cheap per row work on the mini-batch as a whole. For those that are not, it is cut to slices of
/// ``Network/sliceRows`` rows that threads share; their gradients are added in order, so that the number of threads cannot
/// change the result. Not `Sendable`: it belongs to the thread that trains.
final class TrainingStep {
  private let network: Network
  private let features: MatrixView
  private let objective: Objective
  private let pool: ComputePool?
  private let sliceRows: Int
  private let workspaces: [TrainingWorkspace]
  private var masks: SeededGenerator
  private let seed: UInt64
  private var steps: UInt64 = 0

  init(network: Network, training: LabelledSet, objective: Objective, batchSize: Int, seed: UInt64, pool: ComputePool?)
  {
    let rows = min(batchSize, training.count)
    self.network = network
    features = training.features.view
    self.objective = objective
    self.pool = pool
    self.seed = seed
    sliceRows = min(rows, network.sliceRows ?? rows)
    masks = SeededGenerator(seed: seed, stream: RandomStream.dropout.rawValue)
    let (capacity, slices) = (sliceRows, (rows + sliceRows - 1) / sliceRows)
    workspaces = (0..<slices).map { _ in TrainingWorkspace(network: network, capacity: capacity) }
  }

  /// The gradient of the last mini-batch, `(parameters)`.
  var gradient: UnsafeMutablePointer<Float> { workspaces[0].parameterGradient }

  /// Computes the mean loss of the rows `batch` and ``gradient``.
  func lossAndGradient(_ parameters: UnsafeMutablePointer<Float>, _ batch: ArraySlice<Int>) -> Double {
    steps += 1
    let loss: Double
    if network.sliceRows == nil {
      loss = run(workspaces[0], parameters, batch, share: batch.count, &masks, pool)
    } else {
      loss = runSlices(parameters, batch)
    }
    for (layer, index) in zip(network.layers, network.layers.indices) where layer.keepsStatistics {
      workspaces[0].updateStatistics(index, parameters, rows: batch.count)
    }
    return loss
  }

  private func runSlices(_ parameters: UnsafeMutablePointer<Float>, _ batch: ArraySlice<Int>) -> Double {
    var losses = [Double](repeating: 0, count: workspaces.count)
    let used = (batch.count + sliceRows - 1) / sliceRows
    let stream = RandomStream.slices.rawValue &+ steps &* 65_536
    losses.withUnsafeMutableBufferPointer { losses in
      nonisolated(unsafe) let (losses, parameters, step) = (losses, parameters, self)  // Slices own their workspaces.
      forEachBlock(of: batch.count, blockSize: sliceRows, on: pool) { rows in
        let slice = rows.lowerBound / step.sliceRows
        var masks = SeededGenerator(seed: step.seed, stream: stream &+ UInt64(slice))
        let part = batch[batch.startIndex + rows.lowerBound..<batch.startIndex + rows.upperBound]
        losses[slice] = step.run(step.workspaces[slice], parameters, part, share: batch.count, &masks, nil)
      }
    }
    let sum = gradient
    let others = workspaces[1..<used].map { UnsafePointer($0.parameterGradient) }
    nonisolated(unsafe) let (target, sources) = (sum, others)  // Blocks are disjoint.
    forEachBlock(of: network.parameterCount, blockSize: 65_536, on: pool) { range in
      for source in sources {
        for index in range { target[index] += source[index] }
      }
    }
    return losses[..<used].reduce(0, +)
  }

  /// Forward, loss and backward on one workspace.
  private func run(
    _ workspace: TrainingWorkspace, _ parameters: UnsafePointer<Float>, _ batch: ArraySlice<Int>, share: Int,
    _ masks: inout SeededGenerator, _ pool: ComputePool?
  ) -> Double {
    let width = network.inputs
    for (position, row) in batch.enumerated() {
      (workspace.input + position * width).update(from: features.base + row * width, count: width)
    }
    workspace.forward(parameters, rows: batch.count, using: &masks, pool: pool)
    workspace.logitGradient.update(from: workspace.logits, count: batch.count * network.classes)
    let loss = objective.lossAndGradient(workspace.logitGradient, batch: batch, share: share)
    workspace.backward(parameters, rows: batch.count, pool: pool)
    return loss
  }
}
