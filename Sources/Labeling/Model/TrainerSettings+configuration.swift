import Domain
import Features
import Learning

extension TrainerSettings {
  /// What the learner is told, for so many labelled rows.
  func configuration(
    classes: Int, featurizer: AnyFeaturizer, labels: Int, seed: UInt64
  ) -> TrainingConfiguration {
    var configuration = TrainingConfiguration.default(classes: classes, inputs: featurizer.dimension, labels: labels)
    configuration.architecture = architecture(for: featurizer)
    configuration.epochs = epochs
    configuration.learningRate = Float(learningRate)
    configuration.optimizer = learner
    configuration.l1 = Float(l1)
    configuration.l2 = Float(l2)
    if optimizer == .adamW { (configuration.l2, configuration.weightDecay) = (0, Float(l2)) }
    configuration.labelSmoothing = Float(labelSmoothing)
    configuration.classWeights = classWeights == .balanced ? .balanced : .none
    configuration.gradientClipping = gradientClipping > 0 ? Float(gradientClipping) : nil
    switch earlyStopping {
    case .auto: break
    case .always: configuration.earlyStopping = .init()
    case .never: configuration.earlyStopping = nil
    }
    configuration.seed = seed
    configuration.schedule = course(over: configuration.epochs(forRows: labels))
    return configuration
  }

  /// The network's shape; a convolutional one reads pictures only, of four pixels a side at least.
  private func architecture(for featurizer: AnyFeaturizer) -> Architecture {
    switch model {
    case .linear: return .linear
    case .convolutional:
      if case .image(let images) = featurizer, min(images.width, images.height) >= 4 {
        return .convolutional(
          ConvolutionalShape(
            height: images.height, width: images.width, channels: images.channels, hidden: hidden,
            dropout: Float(dropout)))
      }
    case .perceptron: break
    }
    if activation == .relu, normalization == .none {
      return .perceptron(hidden: [hidden], dropout: Float(dropout))
    }
    return .network(
      NetworkShape(
        hidden: [hidden], activation: Learning.Activation(activation),
        normalization: Learning.Normalization(rawValue: normalization.rawValue) ?? .none, dropout: Float(dropout)))
  }

  private var learner: Learning.Optimizer {
    switch optimizer {
    case .adam: .adam
    case .adamW: .adamW
    case .sgd: .sgd(momentum: Float(momentum))
    case .lbfgs: .lbfgs()
    }
  }

  /// The step size over so many epochs.
  private func course(over epochs: Int) -> LearningRateSchedule {
    let main: LearningRateSchedule =
      switch schedule {
      case .constant: .constant
      case .step: .step(epochs: max(1, (epochs + 2) / 3), factor: 0.3)
      case .cosine: .cosine()
      case .cyclic: .cyclic(period: max(1, Float(epochs) / 4))
      // Losses under dropout are noisy: a tenth of the epochs says more than five.
      case .plateau: .plateau(patience: max(5, epochs / 10))
      }
    guard warmUp > 0 else { return main }
    let rise = LearningRateSchedule.warmUp(epochs: Float(warmUp) * Float(epochs))
    return main == .constant ? rise : .product([rise, main])
  }
}

extension Learning.Activation {
  fileprivate init(_ activation: TrainerSettings.Activation) {
    self =
      switch activation {
      case .relu: .relu
      case .leakyRelu: .leakyRelu
      case .gelu: .gelu
      case .tanh: .tanh
      case .silu: .silu
      }
  }
}
