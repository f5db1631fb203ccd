/// How the model of a project is trained.
public struct TrainerSettings: Sendable, Equatable, Encodable {
  /// Where training runs; `embedded` is in this process.
  public var kind = "embedded"
  /// The network's kind.
  public var model = Model.perceptron
  /// Units of the hidden layer of a perceptron; a convolutional network has its own.
  public var hidden = 128
  /// Share of hidden units dropped while training and in each Monte-Carlo pass.
  public var dropout = 0.5
  /// What a hidden unit makes of its sum.
  public var activation = Activation.relu
  /// How hidden sums are brought to one scale.
  public var normalization = Normalization.none
  /// Passes over the labelled set.
  public var epochs = 60
  /// The optimizer's step size.
  public var learningRate = 0.003
  /// How weights follow the gradient.
  public var optimizer = Optimizer.adam
  /// What stochastic gradient descent keeps of its last step.
  public var momentum = 0.9
  /// How the step size changes over training.
  public var schedule = Schedule.constant
  /// Share of training in which the step size rises from 0 to its full height.
  public var warmUp = 0.0
  /// The factor of the absolute weights in the loss.
  public var l1 = 0.0
  /// The factor of half the squared weights in the loss.
  public var l2 = 1e-4
  /// Share of each target that is spread over all labels.
  public var labelSmoothing = 0.0
  /// The largest norm that a gradient may have; 0 leaves gradients as they are.
  public var gradientClipping = 0.0
  /// How much each label counts.
  public var classWeights = ClassWeights.none
  /// Whether training ends where a held-out fold says so.
  public var earlyStopping = EarlyStopping.auto
  /// Whether a round starts from the weights of the one before.
  public var warmStart = false
  /// The order in which labelled items are learned.
  public var curriculum = Curriculum.none
  /// Where the opinions come from whose differences are the model's doubt.
  public var committee = Committee()

  /// The kinds of network.
  public enum Model: String, Sendable, Codable, CaseIterable {
    /// Softmax regression, or one logistic regression a label.
    case linear
    /// One hidden layer.
    case perceptron
    /// A small convolutional network, for images.
    case convolutional
  }

  /// What a hidden unit makes of its sum.
  public enum Activation: String, Sendable, Codable, CaseIterable {
    /// The names of the field.
    case relu, leakyRelu = "leaky_relu", gelu, tanh, silu
  }

  /// How hidden sums are brought to one scale.
  public enum Normalization: String, Sendable, Codable, CaseIterable {
    /// Not at all, over the mini-batch, or over the layer.
    case none, batch, layer
  }

  /// How weights follow the gradient.
  public enum Optimizer: String, Sendable, Codable, CaseIterable {
    /// The names of the field.
    case adam, adamW = "adamw", sgd, lbfgs
  }

  /// How the step size changes over training.
  public enum Schedule: String, Sendable, Codable, CaseIterable {
    /// The names of the field.
    case constant, step, cosine, cyclic, plateau
  }

  /// How much each label counts.
  public enum ClassWeights: String, Sendable, Codable, CaseIterable {
    /// Every item the same, or every label the same.
    case none, balanced
  }

  /// Whether training ends where a held-out fold says so.
  public enum EarlyStopping: String, Sendable, Codable, CaseIterable {
    /// From 1,000 labels on.
    case auto
    /// From 100 labels on: with fewer, holding some out costs more than it gains.
    case always
    /// All epochs on all labels.
    case never
  }

  /// The order in which labelled items are learned, by their loss under the round before.
  public enum Curriculum: String, Sendable, Codable, CaseIterable {
    /// Shuffled, easy ones first, or hard ones first.
    case none, easyFirst = "easy_first", anti
  }

  /// Where the opinions come from whose differences are the model's doubt.
  public struct Committee: Sendable, Equatable, Codable {
    /// What the members are.
    public enum Kind: String, Sendable, Codable, CaseIterable {
      /// One network with different units dropped.
      case dropout = "mc_dropout"
      /// Networks trained from different seeds and orders.
      case ensemble
      /// One network on altered copies of the item.
      case augmentation
    }

    /// What the members are.
    public var kind = Kind.dropout
    /// How many there are: 20 passes of dropout, 5 networks, or 8 views, where nothing else is asked for.
    public var size = 20

    /// The default.
    public init() {}
  }

  enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, model, hidden, dropout, activation, normalization, epochs
    case learningRate = "learning_rate"
    case optimizer, momentum, schedule
    case warmUp = "warm_up"
    case l1, l2
    case labelSmoothing = "label_smoothing"
    case gradientClipping = "gradient_clipping"
    case classWeights = "class_weights"
    case earlyStopping = "early_stopping"
    case warmStart = "warm_start"
    case curriculum, committee
    case committeeSize = "committee_size"
  }

  /// All defaults.
  public init() {}

  /// Writes every setting; the committee's size stands under its old name too.
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }

  /// The settings as clients see them.
  public var json: JSONValue {
    [
      "kind": .string(kind), "model": .string(model.rawValue), "hidden": .integer(Int64(hidden)),
      "dropout": .number(dropout), "activation": .string(activation.rawValue),
      "normalization": .string(normalization.rawValue), "epochs": .integer(Int64(epochs)),
      "learning_rate": .number(learningRate), "optimizer": .string(optimizer.rawValue), "momentum": .number(momentum),
      "schedule": .string(schedule.rawValue), "warm_up": .number(warmUp), "l1": .number(l1), "l2": .number(l2),
      "label_smoothing": .number(labelSmoothing), "gradient_clipping": .number(gradientClipping),
      "class_weights": .string(classWeights.rawValue), "early_stopping": .string(earlyStopping.rawValue),
      "warm_start": .bool(warmStart), "curriculum": .string(curriculum.rawValue),
      "committee": ["kind": .string(committee.kind.rawValue), "size": .integer(Int64(committee.size))],
      "committee_size": .integer(Int64(committee.size)),
    ]
  }
}

extension TrainerSettings: Decodable {
  /// Reads what was stored, by this version or an earlier one: what is missing has its default.
  public init(from decoder: any Decoder) throws {
    var checks = RangeChecks()
    try TrainerPatch(members: decoder.container(keyedBy: CodingKeys.self)).apply(to: &self, &checks)
  }
}

extension TrainerSettings.Committee {
  /// How many members a committee of a kind has where nobody says otherwise.
  static func usualSize(of kind: Kind) -> Int {
    switch kind {
    case .dropout: 20
    case .ensemble: 5
    case .augmentation: 8
    }
  }
}
