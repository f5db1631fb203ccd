import Learning
import Tensors

/// Trains what a simulation's parameters ask for, on rows of a pool, on the calling thread.
struct ReplayTrainer {
  let set: ReplaySet
  let parameters: SimulationParameters
  let seed: Int

  /// Trains on the rows with what annotators said of them.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  func train(on rows: [Int], answers: [Int], isCancelled: @Sendable () -> Bool) throws -> ReplayModel {
    let labelled = labelledSet(rows, answers: answers)
    let configuration = try configuration(labels: rows.count)
    let trained: ReplayModel.Trained
    do {
      switch parameters.uncertainty {
      case .dropout:
        trained = .network(
          try Learning.train(labelled, configuration, isCancelled: isCancelled), passes: parameters.passes)
      case .augmentation:
        trained = .viewer(
          try Learning.train(labelled, configuration, isCancelled: isCancelled), views: parameters.members)
      case .ensemble:
        trained = .ensemble(
          try Ensemble.train(labelled, configuration, members: parameters.members, isCancelled: isCancelled))
      }
    } catch {
      if error == .cancelled { throw CancellationError() }
      throw error
    }
    return ReplayModel(trained: trained, seed: configuration.seed, features: set.pool.view, views: set.views)
  }

  func labelledSet(_ rows: [Int], answers: [Int]) -> LabelledSet {
    LabelledSet(
      features: set.pool.gatherRows(rows), labels: rows.map { answers[$0] }, classes: set.classNames.count)
  }

  /// The training's settings; the seed depends on the run's seed and the number of labels, not on the strategy.
  func configuration(labels: Int) throws -> TrainingConfiguration {
    TrainingConfiguration(
      architecture: try architecture(), epochs: parameters.epochs, minimumSteps: parameters.minimumSteps,
      seed: UInt64(seed) &* 1_000_003 &+ UInt64(labels))
  }

  private func architecture() throws -> Architecture {
    switch parameters.model {
    case .mlp: return .perceptron(hidden: [128], dropout: 0.5)
    case .linear: return .linear
    case .cnn:
      guard let shape = set.imageShape else {
        throw SimulationError.parameter(
          name: "model", reason: "cnn needs images: IDX, NPZ with (n, height, width) or image files.")
      }
      return .convolutional(
        ConvolutionalShape(
          height: shape.height, width: shape.width, channels: shape.channels, filters: parameters.filters))
    }
  }
}
