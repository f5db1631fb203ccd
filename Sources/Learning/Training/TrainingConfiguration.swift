/// Everything that training depends on besides the labels.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
  /// The network's shape.
  public var architecture: Architecture
  /// Passes over the training set, before ``minimumSteps`` and ``maximumSteps``.
  public var epochs: Int
  /// With few labels epochs are added until there are this many mini-batch steps.
  public var minimumSteps: Int
  /// With many labels epochs are cut so that there are about this many steps at most; one epoch is always run.
  public var maximumSteps: Int
  /// Rows in a mini-batch.
  public var batchSize: Int
  /// The step size, before the schedule.
  public var learningRate: Float
  /// How parameters follow their gradient.
  public var optimizer: Optimizer
  /// How the learning rate changes in the course of training.
  public var schedule: LearningRateSchedule
  /// The factor of the absolute weights that is added to the loss; biases are exempt.
  public var l1: Float
  /// The factor of half the squared weights that is added to the loss; biases are exempt.
  public var l2: Float
  /// Decoupled decay of weights (AdamW), as a share of the learning rate; biases are exempt.
  public var weightDecay: Float
  /// The share of every target that is spread evenly over the classes, in `0..<1` (Szegedy et al., 2016).
  public var labelSmoothing: Float
  /// How much the classes count in the loss.
  public var classWeights: ClassWeights
  /// The norm that the gradient of all parameters is cut to where it is longer (Pascanu et al., 2013); nil leaves it.
  public var gradientClipping: Float?
  /// When to stop before the last epoch; nil trains all epochs on all labels.
  public var earlyStopping: EarlyStopping?
  /// What start values, order, dropout and the held-out fold are drawn from.
  public var seed: UInt64

  /// Stops training when the loss on a held-out share of the labels no longer falls, and returns to the best epoch.
  public struct EarlyStopping: Codable, Sendable, Equatable {
    /// The share of the labels that is held out and not trained on, above 0 and at most 0.5.
    public var fraction: Float
    /// Epochs without a new best before training ends.
    public var patience: Int
    /// With fewer labels all are trained on, for all epochs: holding out some costs more than it gains.
    public var minimumLabels: Int

    /// Creates a rule.
    public init(fraction: Float = 0.1, patience: Int = 10, minimumLabels: Int = 100) {
      self.fraction = fraction
      self.patience = patience
      self.minimumLabels = minimumLabels
    }
  }

  /// Creates a configuration; the defaults suit some tens to some thousands of labels.
  public init(
    architecture: Architecture, epochs: Int = 60, minimumSteps: Int = 250, maximumSteps: Int = 20_000,
    batchSize: Int = 32, learningRate: Float = 0.003, optimizer: Optimizer = .adam,
    schedule: LearningRateSchedule = .constant, l1: Float = 0, l2: Float = 1e-4, weightDecay: Float = 0,
    labelSmoothing: Float = 0, classWeights: ClassWeights = .none, gradientClipping: Float? = nil,
    earlyStopping: EarlyStopping? = nil, seed: UInt64 = 0
  ) {
    self.architecture = architecture
    self.epochs = epochs
    self.minimumSteps = minimumSteps
    self.maximumSteps = maximumSteps
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.optimizer = optimizer
    self.schedule = schedule
    self.l1 = l1
    self.l2 = l2
    self.weightDecay = weightDecay
    self.labelSmoothing = labelSmoothing
    self.classWeights = classWeights
    self.gradientClipping = gradientClipping
    self.earlyStopping = earlyStopping
    self.seed = seed
  }

  /// Epochs for `rows` training rows, with the bounds on steps applied.
  public func epochs(forRows rows: Int) -> Int {
    let steps = max(1, (rows + batchSize - 1) / batchSize)
    let wanted = max(epochs, (minimumSteps + steps - 1) / steps)
    return max(1, min(wanted, maximumSteps / steps))
  }
}
