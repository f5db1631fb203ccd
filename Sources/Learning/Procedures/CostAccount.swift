/// What each phase of a round cost, so that labels, accuracy and computing can be weighed against each other.
public struct CostAccount: Codable, Sendable, Equatable {
  /// One phase, such as training or scoring.
  public struct Phase: Codable, Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Time on the clock, in seconds.
    public var seconds: Double
    /// Processor time of all threads of the process, in seconds; other work of the process at that time counts too.
    public var processorSeconds: Double
    /// Floating-point operations by the sizes of what was computed, not counted by hardware; nil where not known.
    public var operations: Double?
    /// Trainable parameters of the phase's model; nil where it has none.
    public var parameters: Int?
    /// The most memory that the process had resident, in bytes; nil where the system does not tell.
    ///
    /// Where the peak could be reset it is that of the phase, otherwise that since the process started.
    public var peakMemory: Int?
  }

  /// Phases in the order in which they ended.
  public private(set) var phases: [Phase] = []

  /// Creates an empty account.
  public init() {}

  /// The sum over phases of time on the clock, in seconds.
  public var seconds: Double { phases.reduce(0) { $0 + $1.seconds } }
  /// The sum over phases of the operations that are known.
  public var operations: Double { phases.reduce(0) { $0 + ($1.operations ?? 0) } }
  /// The most memory of any phase, in bytes.
  public var peakMemory: Int? { phases.compactMap(\.peakMemory).max() }

  /// Runs `body` and enters what it took; where it throws nothing is entered.
  ///
  /// - Parameters:
  ///   - name: of the phase.
  ///   - resettingPeak: lowers the process's peak of resident memory to what is resident now, as Linux allows a process for
  ///     itself, so that the phase shows its own. Two phases that overlap in time then cut each other short.
  ///   - figures: the operations and parameters of what `body` returned.
  public mutating func measure<Result, Failure: Error>(
    _ name: String, resettingPeak: Bool = false,
    figures: (Result) -> (operations: Double?, parameters: Int?) = { _ in (nil, nil) },
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if resettingPeak { ProcessResources.resetPeakMemory() }
    let clock = ContinuousClock.now
    let processor = ProcessResources.processorSeconds
    let result = try body()
    let (operations, parameters) = figures(result)
    let elapsed = ContinuousClock.now - clock
    phases.append(
      Phase(
        name: name, seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18,
        processorSeconds: ProcessResources.processorSeconds - processor, operations: operations,
        parameters: parameters, peakMemory: ProcessResources.peakMemory))
    return result
  }

  /// Enters a phase that was measured elsewhere.
  public mutating func add(_ phase: Phase) { phases.append(phase) }
}

extension TrainedModel {
  /// Floating-point operations of predicting `rows` rows, with `passes` dropout passes or one without dropout.
  ///
  /// What lies before the first dropout counts once; see ``committee(of:passes:seed:pool:)``.
  public func predictionOperations(rows: Int, passes: Int = 1) -> Double {
    let layers = network.layers
    let first = layers.firstIndex { $0.isStochastic } ?? layers.count
    let shared = layers[..<first].reduce(0) { $0 + $1.operationsPerRow }
    let repeated = layers[first...].reduce(0) { $0 + $1.operationsPerRow }
    return Double(rows) * (shared + repeated * Double(max(1, passes)))
  }
}
