/// One generation of a project's model: its training, its ranking of the pool, its measured quality.
public struct Round: Sendable {
  /// Its number in the project, from 1.
  public let number: Int
  /// Where it stands.
  public internal(set) var state: RoundState
  /// What started it: `first`, `labels`, `pool`, `requested`.
  public let trigger: String
  /// Seed of its training and its selection.
  public let seed: UInt64
  /// What it found out: labels in, model, metrics, durations; a JSON object's text.
  public var report: String
  /// Strategy that made its queue.
  public var strategyUsed: String?
  /// Why that strategy, where it is not simply the one that was asked for.
  public var reason: String?
  /// File name of its model below the data folder.
  public var artifact: String?
  /// What went wrong, where something did.
  public var error: String?
  /// When it was asked for.
  public let createdAt: Timestamp
  /// When it began to train.
  public var startedAt: Timestamp?
  /// When it came to its end or began to serve.
  public var finishedAt: Timestamp?
  /// How many times it was started; more than one after a crash.
  public var attempts: Int

  /// Puts a round together, as storage does.
  public init(
    number: Int, state: RoundState, trigger: String, seed: UInt64, report: String, strategyUsed: String?,
    reason: String?, artifact: String?, error: String?, createdAt: Timestamp, startedAt: Timestamp?,
    finishedAt: Timestamp?, attempts: Int
  ) {
    self.number = number
    self.state = state
    self.trigger = trigger
    self.seed = seed
    self.report = report
    self.strategyUsed = strategyUsed
    self.reason = reason
    self.artifact = artifact
    self.error = error
    self.createdAt = createdAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.attempts = attempts
  }
}
