/// The settings that a client gives: only those it names are changed, and only known ones are taken.
public struct SettingsPatch: Sendable, Decodable {
  var batchSize: Int?
  var overlap: Int?
  var leaseSeconds: Int?
  var maxLeases: Int?
  var strategy: StrategyChoice?
  var outlierFilter: OutlierFilterPatch?
  var evaluationFraction: Double?
  var trainer: TrainerPatch?
  var consensus: ConsensusPatch?
  var askAgain: AskAgainPatch?
  var preAnnotation: Bool?
  var seed: Int64?

  /// The outlier filter's changes.
  public struct OutlierFilterPatch: Sendable, Decodable {
    /// The method's name.
    public var method: String?
    var fraction: Double?
    enum CodingKeys: String, CodingKey, CaseIterable { case method, fraction }

    /// Reads the members, refusing unknown ones.
    public init(from decoder: any Decoder) throws {
      try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
      let container = try decoder.container(keyedBy: CodingKeys.self)
      method = try container.decodeIfPresent(String.self, forKey: .method)
      fraction = try container.decodeIfPresent(Double.self, forKey: .fraction)
    }
  }

  enum CodingKeys: String, CodingKey, CaseIterable {
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

  /// Changes nothing.
  public init() {}

  /// Changes the share of the evaluation stream and the batch size, as tools in this package do.
  public init(batchSize: Int? = nil, evaluationFraction: Double? = nil, strategy: String? = nil, overlap: Int? = nil) {
    self.batchSize = batchSize
    self.evaluationFraction = evaluationFraction
    self.strategy = strategy.map { StrategyChoice($0) }
    self.overlap = overlap
  }

  /// Reads the members, refusing unknown ones.
  public init(from decoder: any Decoder) throws {
    try StrictKeys.check(decoder, known: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    batchSize = try container.decodeIfPresent(Int.self, forKey: .batchSize)
    overlap = try container.decodeIfPresent(Int.self, forKey: .overlap)
    leaseSeconds = try container.decodeIfPresent(Int.self, forKey: .leaseSeconds)
    maxLeases = try container.decodeIfPresent(Int.self, forKey: .maxLeases)
    strategy = try container.decodeIfPresent(StrategyChoice.self, forKey: .strategy)
    outlierFilter = try container.decodeIfPresent(OutlierFilterPatch.self, forKey: .outlierFilter)
    evaluationFraction = try container.decodeIfPresent(Double.self, forKey: .evaluationFraction)
    trainer = try container.decodeIfPresent(TrainerPatch.self, forKey: .trainer)
    consensus = try container.decodeIfPresent(ConsensusPatch.self, forKey: .consensus)
    askAgain = try container.decodeIfPresent(AskAgainPatch.self, forKey: .askAgain)
    preAnnotation = try container.decodeIfPresent(Bool.self, forKey: .preAnnotation)
    seed = try container.decodeIfPresent(Int64.self, forKey: .seed)
  }

  /// The settings with these changes made.
  ///
  /// - Parameters:
  ///   - outlierFilters: the names of the methods that are offered.
  ///   - strategyComplaint: what is wrong with a strategy, its pointer below the strategy's own; `nil` for nothing.
  /// - Throws: ``ValidationError`` with the pointer of each value out of range.
  public func applied(
    to settings: ProjectSettings, outlierFilters: [String], strategyComplaint: (StrategyChoice) -> FieldError?
  ) throws -> ProjectSettings {
    var result = settings
    var check = RangeChecks()
    check.take(batchSize, "/batch_size", 1...100_000, into: &result.batchSize)
    check.take(overlap, "/overlap", 1...100, into: &result.overlap)
    check.take(leaseSeconds, "/lease_seconds", 1...604_800, into: &result.leaseSeconds)
    check.take(maxLeases, "/max_leases", 1...100_000, into: &result.maxLeases)
    check.take(evaluationFraction, "/evaluation_fraction", 0...0.9, into: &result.evaluationFraction)
    if let strategy {
      if let complaint = strategyComplaint(strategy) {
        check.errors.append(complaint.under("/strategy"))
      } else {
        result.strategy = strategy
      }
    }
    check.take(
      outlierFilter?.method, "/outlier_filter/method", offered: outlierFilters, into: &result.outlierFilter.method)
    check.take(outlierFilter?.fraction, "/outlier_filter/fraction", 0...0.9, into: &result.outlierFilter.fraction)
    trainer?.apply(to: &result.trainer, &check)
    consensus?.apply(to: &result.consensus, &check)
    askAgain?.apply(to: &result.askAgain, &check)
    if let preAnnotation { result.preAnnotation = preAnnotation }
    var seed = Int64(result.seed)
    check.take(self.seed, "/seed", 0...Int64.max, into: &seed)
    result.seed = UInt64(seed)
    guard check.errors.isEmpty else { throw ValidationError(check.errors.map { $0.under("/settings") }) }
    return result
  }
}

/// Takes values that are in range and collects complaints about those that are not.
struct RangeChecks {
  var errors: [FieldError] = []

  mutating func take<Value: Comparable>(
    _ value: Value?, _ pointer: String, _ range: ClosedRange<Value>, into target: inout Value
  ) {
    guard let value else { return }
    guard range.contains(value) else {
      return errors.append(
        FieldError(pointer, "\(value) is out of range: \(range.lowerBound) to \(range.upperBound) is allowed."))
    }
    target = value
  }

  mutating func take(_ value: String?, _ pointer: String, offered: [String], into target: inout String) {
    guard let value else { return }
    guard offered.contains(value) else {
      return errors.append(
        FieldError(pointer, "“\(value)” is not offered. Offered: \(offered.joined(separator: ", "))."))
    }
    target = value
  }

  mutating func take<Value: RawRepresentable<String> & CaseIterable>(
    _ value: String?, _ pointer: String, into target: inout Value
  ) {
    var name = target.rawValue
    take(value, pointer, offered: Value.allCases.map(\.rawValue), into: &name)
    target = Value(rawValue: name) ?? target
  }
}
