/// Everything that a simulation depends on besides its data.
public struct SimulationParameters: Codable, Sendable, Equatable {
  /// The networks that can be simulated.
  public enum Model: String, Codable, Sendable, CaseIterable {
    /// A perceptron of one hidden layer of 128 with dropout 0.5.
    case mlp
    /// Softmax regression.
    case linear
  }

  /// Strategies by name, each simulated with every seed.
  public var strategies: [String]
  /// The network that learns.
  public var model: Model
  /// Labels asked for in each round.
  public var batch: Int
  /// Labels before the first model: a random draw, unless the strategy chooses its own start.
  public var start: Int
  /// Labels after which a run ends.
  public var labels: Int
  /// Number of seeds; each has its own test items, start and training.
  public var seeds: Int
  /// The share of items held out to measure on, or from 1 on their number; not used where there is a test set.
  public var holdout: Double
  /// Items used at most, drawn at random; nil: all.
  public var limit: Int?
  /// The share of labels that are given wrong, by a class drawn at random.
  public var annotatorNoise: Double
  /// Monte-Carlo dropout passes.
  public var passes: Int
  /// Whether the accuracy with all labels of the pool is measured, once per seed.
  public var measuresCeiling: Bool

  /// Creates parameters; the defaults are the protocol that the figures of the documentation follow.
  public init(
    strategies: [String], model: Model = .mlp, batch: Int = 10, start: Int = 20, labels: Int = 300, seeds: Int = 10,
    holdout: Double = 0.2, limit: Int? = nil, annotatorNoise: Double = 0, passes: Int = 20,
    measuresCeiling: Bool = true
  ) {
    self.strategies = strategies
    self.model = model
    self.batch = batch
    self.start = start
    self.labels = labels
    self.seeds = seeds
    self.holdout = holdout
    self.limit = limit
    self.annotatorNoise = annotatorNoise
    self.passes = passes
    self.measuresCeiling = measuresCeiling
  }
}
