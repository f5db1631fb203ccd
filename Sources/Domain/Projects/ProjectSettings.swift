/// How a project is run; every setting has a default that works.
public struct ProjectSettings: Sendable, Codable, Equatable {
  /// New labels after which a round starts.
  public var batchSize = 20
  /// How many annotators give their opinion on each item.
  public var overlap = 1
  /// Seconds for which a served item belongs to its annotator.
  public var leaseSeconds = 600
  /// The query strategy's name.
  public var strategy = "auto"
  /// Which items are kept out of queries as unlearnable.
  public var outlierFilter = OutlierFilter()
  /// Share of what is served that is drawn uniformly, never trained on, and used to measure the model.
  public var evaluationFraction = 0.1
  /// How the model is trained.
  public var trainer = TrainerSettings()
  /// Seed of everything random in the project.
  public var seed: UInt64 = 0

  enum CodingKeys: String, CodingKey {
    case batchSize = "batch_size"
    case overlap
    case leaseSeconds = "lease_seconds"
    case strategy
    case outlierFilter = "outlier_filter"
    case evaluationFraction = "evaluation_fraction"
    case trainer, seed
  }

  /// All defaults.
  public init() {}

  /// The settings as clients see them.
  public var json: JSONValue {
    [
      "batch_size": .integer(Int64(batchSize)), "overlap": .integer(Int64(overlap)),
      "lease_seconds": .integer(Int64(leaseSeconds)), "strategy": .string(strategy),
      "outlier_filter": ["method": .string(outlierFilter.method), "fraction": .number(outlierFilter.fraction)],
      "evaluation_fraction": .number(evaluationFraction),
      "trainer": [
        "kind": .string(trainer.kind), "model": .string(trainer.model), "hidden": .integer(Int64(trainer.hidden)),
        "dropout": .number(trainer.dropout), "epochs": .integer(Int64(trainer.epochs)),
        "learning_rate": .number(trainer.learningRate), "committee_size": .integer(Int64(trainer.committeeSize)),
      ],
      "seed": .integer(Int64(seed)),
    ]
  }
}

/// Which items are kept out of queries because no model learns them.
public struct OutlierFilter: Sendable, Codable, Equatable {
  /// The method's name.
  public var method = "auto"
  /// The share that a fixed-share method excludes.
  public var fraction = 0.1

  /// The default.
  public init() {}
}

/// How the model of a project is trained.
public struct TrainerSettings: Sendable, Codable, Equatable {
  /// Where training runs; `embedded` is in this process.
  public var kind = "embedded"
  /// `linear` (softmax regression) or `perceptron`.
  public var model = "perceptron"
  /// Units of the perceptron's hidden layer.
  public var hidden = 128
  /// Share of hidden units dropped while training and in each Monte-Carlo pass.
  public var dropout = 0.5
  /// Passes over the labelled set.
  public var epochs = 60
  /// Adam's step size.
  public var learningRate = 0.003
  /// Monte-Carlo dropout passes per item when a pool is scored.
  public var committeeSize = 20

  enum CodingKeys: String, CodingKey {
    case kind, model, hidden, dropout, epochs
    case learningRate = "learning_rate"
    case committeeSize = "committee_size"
  }

  /// All defaults.
  public init() {}
}
