/// How a project is run; every setting has a default that works.
public struct ProjectSettings: Sendable, Codable, Equatable {
  /// New labels after which a round starts.
  public var batchSize = 20
  /// How many annotators give their opinion on each item.
  public var overlap = 1
  /// Seconds for which a served item belongs to its annotator.
  public var leaseSeconds = 600
  /// How many items one person may hold at a time.
  public var maxLeases = 1000
  /// The query strategy.
  public var strategy = StrategyChoice("auto")
  /// Which items are kept out of queries as unlearnable.
  public var outlierFilter = OutlierFilter()
  /// Share of what is served that is drawn uniformly, never trained on, and used to measure the model.
  public var evaluationFraction = 0.1
  /// How the model is trained.
  public var trainer = TrainerSettings()
  /// How several opinions on an item become one label.
  public var consensus = ConsensusSettings()
  /// Whether labelled items are asked about again.
  public var askAgain = AskAgainSettings()
  /// Whether annotators find the model's guess chosen already; never on the evaluation stream.
  public var preAnnotation = false
  /// Seed of everything random in the project.
  public var seed: UInt64 = 0

  enum CodingKeys: String, CodingKey {
    case batchSize = "batch_size"
    case overlap
    case leaseSeconds = "lease_seconds"
    case maxLeases = "max_leases"
    case strategy
    case outlierFilter = "outlier_filter"
    case evaluationFraction = "evaluation_fraction"
    case trainer, consensus
    case askAgain = "ask_again"
    case preAnnotation = "pre_annotation"
    case seed
  }

  /// All defaults.
  public init() {}

  /// Reads what was stored, by this version or an earlier one: what is missing has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into target: inout Value) throws {
      if let value = try container.decodeIfPresent(Value.self, forKey: key) { target = value }
    }
    try read(.batchSize, into: &batchSize)
    try read(.overlap, into: &overlap)
    try read(.leaseSeconds, into: &leaseSeconds)
    try read(.maxLeases, into: &maxLeases)
    try read(.strategy, into: &strategy)
    try read(.outlierFilter, into: &outlierFilter)
    try read(.evaluationFraction, into: &evaluationFraction)
    try read(.trainer, into: &trainer)
    try read(.consensus, into: &consensus)
    try read(.askAgain, into: &askAgain)
    try read(.preAnnotation, into: &preAnnotation)
    try read(.seed, into: &seed)
  }

  /// What does not go together, or not with what a project's items are.
  public func complaints(modality: Modality) -> [FieldError] {
    var errors: [FieldError] = []
    if trainer.model == .convolutional, modality != .image {
      errors.append(
        FieldError(
          "/settings/trainer/model",
          "A convolutional network needs images; this project's items are \(modality.rawValue)."))
    }
    if trainer.optimizer == .lbfgs, trainer.model != .linear {
      errors.append(
        FieldError("/settings/trainer/optimizer", "L-BFGS trains linear models: set model to linear, or take adam."))
    } else if trainer.optimizer == .lbfgs, trainer.l1 > 0 {
      errors.append(FieldError("/settings/trainer/l1", "L-BFGS needs a smooth loss: set l1 to 0, or take adam."))
    }
    return errors
  }

  /// The settings as clients see them.
  public var json: JSONValue {
    [
      "batch_size": .integer(Int64(batchSize)), "overlap": .integer(Int64(overlap)),
      "lease_seconds": .integer(Int64(leaseSeconds)), "max_leases": .integer(Int64(maxLeases)),
      "strategy": strategy.json,
      "outlier_filter": ["method": .string(outlierFilter.method), "fraction": .number(outlierFilter.fraction)],
      "evaluation_fraction": .number(evaluationFraction), "trainer": trainer.json,
      "consensus": ["method": .string(consensus.method.rawValue)],
      "ask_again": [
        "enabled": .bool(askAgain.enabled), "fraction": .number(askAgain.fraction),
        "max_opinions": .integer(Int64(askAgain.maxOpinions)),
      ],
      "pre_annotation": .bool(preAnnotation), "seed": .integer(Int64(seed)),
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
