/// Everything that a simulation depends on besides its data.
public struct SimulationParameters: Codable, Sendable, Equatable {
  /// The networks that can be simulated.
  public enum Model: String, Codable, Sendable, CaseIterable {
    /// A perceptron of one hidden layer of 128 with dropout 0.5.
    case mlp
    /// Softmax regression.
    case linear
    /// A small convolutional network, for images.
    case cnn
  }

  /// Where a committee's members come from.
  public enum Uncertainty: String, Codable, Sendable, CaseIterable {
    /// Passes of one network with dropout on.
    case dropout = "mc_dropout"
    /// Networks trained from different seeds.
    case ensemble
    /// One network's answers to several views of an item.
    case augmentation
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
  /// The share of the resulting pool that planted outliers make up, in `0..<1`.
  public var plantedOutliers: Double
  /// The share of the pool that is removed beforehand, what no model learns first, judged with all labels known.
  public var removedShare: Double
  /// The outlier filter, `none` without; it does not apply to random labelling.
  public var outlierFilter: String
  /// Where the committee comes from that strategies ask.
  public var uncertainty: Uncertainty
  /// Monte-Carlo dropout passes.
  public var passes: Int
  /// Networks of an ensemble, or views of an item.
  public var members: Int
  /// Passes over the labels in a training.
  public var epochs: Int
  /// Mini-batch steps of a training at least.
  public var minimumSteps: Int
  /// Filters of each convolution.
  public var filters: [Int]
  /// Whether the accuracy with all labels of the pool is measured, once per seed.
  public var measuresCeiling: Bool

  /// Creates parameters; the defaults are the protocol that the figures of the documentation follow.
  public init(
    strategies: [String], model: Model = .mlp, batch: Int = 10, start: Int = 20, labels: Int = 300, seeds: Int = 10,
    holdout: Double = 0.2, limit: Int? = nil, annotatorNoise: Double = 0,
    plantedOutliers: Double = 0, removedShare: Double = 0, outlierFilter: String = "none",
    uncertainty: Uncertainty = .dropout, passes: Int = 20,
    members: Int = 5, epochs: Int = 60, minimumSteps: Int = 250, filters: [Int] = [32, 64],
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
    self.plantedOutliers = plantedOutliers
    self.removedShare = removedShare
    self.outlierFilter = outlierFilter
    self.uncertainty = uncertainty
    self.passes = passes
    self.members = members
    self.epochs = epochs
    self.minimumSteps = minimumSteps
    self.filters = filters
    self.measuresCeiling = measuresCeiling
  }
}
