/// What a strategy needs to be given before it can rank anything.
public struct Needs: OptionSet, Sendable, Hashable {
  /// The bits of the set.
  public let rawValue: UInt8

  /// Makes a set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Class probabilities of a single model.
  public static let probabilities = Needs(rawValue: 1)
  /// Class probabilities of two or more committee members or dropout passes.
  public static let committee = Needs(rawValue: 2)
  /// The feature matrix of the whole project.
  public static let features = Needs(rawValue: 4)
  /// Rows and classes of what is labelled already.
  public static let labelled = Needs(rawValue: 8)
  /// Class probabilities of two or more views of each item, the original first: members of the committee are views.
  public static let views = Needs(rawValue: 16)
  /// The model itself, to ask about candidates jointly; see ``PoolModel``.
  public static let model = Needs(rawValue: 32)
  /// How well labelled items are predicted by models that were not trained on them.
  public static let learnability = Needs(rawValue: 64)

  /// Whether nothing can be ranked before there is a trained model.
  public var includeModel: Bool { !isDisjoint(with: [.probabilities, .committee, .views, .model]) }

  /// The names of the members, in a fixed order, as they stand in REST answers.
  public var names: [String] {
    [
      (Needs.probabilities, "probabilities"), (.committee, "committee"), (.features, "features"),
      (.labelled, "labelled"), (.views, "views"), (.model, "model"), (.learnability, "learnability"),
    ]
    .filter { contains($0.0) }.map(\.1)
  }
}

/// One parameter of a strategy, in the terms of JSON Schema.
public struct StrategyParameter: Sendable, Hashable {
  /// The two JSON Schema types that parameters have.
  public enum Kind: String, Sendable, Hashable {
    /// A whole number.
    case integer
    /// Any finite number.
    case number
  }

  /// The parameter's name, in snake case.
  public let name: String
  /// Whether it must be whole.
  public let kind: Kind
  /// The value taken where none is given.
  public let defaultValue: Double
  /// The least value allowed.
  public let minimum: Double
  /// The greatest value allowed.
  public let maximum: Double
  /// What it does, in one sentence.
  public let summary: String

  /// Declares a parameter.
  public init(
    name: String, kind: Kind, defaultValue: Double, minimum: Double, maximum: Double, summary: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.minimum = minimum
    self.maximum = maximum
    self.summary = summary
  }
}

/// The paper that a strategy comes from.
public struct StrategyReference: Sendable, Hashable {
  /// Authors and title.
  public let paper: String
  /// Year of publication.
  public let year: Int
  /// Where to read it.
  public let url: String?

  /// Cites a paper.
  public init(paper: String, year: Int, url: String?) {
    self.paper = paper
    self.year = year
    self.url = url
  }
}

/// Everything a person or a client has to know to choose a strategy.
public struct StrategyDescriptor: Sendable, Hashable {
  /// The name by which it is asked for, in snake case.
  public let name: String
  /// What it asks first, in one sentence.
  public let summary: String
  /// Its parameters, in the order of the documentation.
  public let parameters: [StrategyParameter]
  /// What it must be given.
  public let needs: Needs
  /// The paper it comes from; nil where it is older than its papers.
  public let reference: StrategyReference?
  /// Time to rank `n` items of `c` classes, `t` members, `d` features, batch `b`.
  public let cost: String

  /// Describes a strategy.
  public init(
    name: String, summary: String, parameters: [StrategyParameter] = [], needs: Needs,
    reference: StrategyReference? = nil, cost: String
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.needs = needs
    self.reference = reference
    self.cost = cost
  }

  /// Checks parameters against their declarations and fills in the defaults.
  ///
  /// - Returns: one value for every declared parameter.
  /// - Throws: ``SamplingError/unknownParameter(strategy:name:known:)`` or
  ///   ``SamplingError/parameterOutOfRange(strategy:name:value:minimum:maximum:)``.
  public func resolve(_ given: [String: Double]) throws -> [String: Double] {
    var values = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.defaultValue) })
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let declared = parameters.first(where: { $0.name == name }) else {
        throw SamplingError.unknownParameter(strategy: self.name, name: name, known: parameters.map(\.name))
      }
      let whole = declared.kind == .number || value.rounded() == value
      guard value >= declared.minimum, value <= declared.maximum, whole else {
        throw SamplingError.parameterOutOfRange(
          strategy: self.name, name: name, value: value, minimum: declared.minimum, maximum: declared.maximum)
      }
      values[name] = value
    }
    return values
  }
}
