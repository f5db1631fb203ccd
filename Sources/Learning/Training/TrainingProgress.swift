/// How far training has come; sent after every epoch.
public struct TrainingProgress: Sendable, Equatable {
  /// The epoch that has ended, from 1.
  public let epoch: Int
  /// The epochs that will be run unless early stopping ends them.
  public let epochs: Int
  /// The mean training loss over the epoch's mini-batches, in nats, with dropout on.
  public let loss: Double
  /// The mean loss on the held-out rows, in nats; nil without early stopping.
  public let validationLoss: Double?
  private let model: @Sendable () -> TrainedModel

  init(
    epoch: Int, epochs: Int, loss: Double, validationLoss: Double?, model: @escaping @Sendable () -> TrainedModel
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.loss = loss
    self.validationLoss = validationLoss
    self.model = model
  }

  /// The model as it is after this epoch, for predictions with dropout off or on.
  ///
  /// Costs a copy of the parameters. A report that is kept keeps the parameters of its epoch alive.
  public func snapshot() -> TrainedModel { model() }

  /// Whether the figures are equal.
  public static func == (left: TrainingProgress, right: TrainingProgress) -> Bool {
    left.epoch == right.epoch && left.epochs == right.epochs && left.loss == right.loss
      && left.validationLoss == right.validationLoss
  }
}
