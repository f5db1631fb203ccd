/// Compares what several programs ask for on one data set: the same features, the same start, one head to judge by.
///
/// A simulation compares strategies of this program; a study also replays rows that another program chose from the same
/// features, and trains the same network on them, so that what is compared is the choice alone.
public struct LabelStudy: Sendable {
  private let parameters: SimulationParameters
  private let split: ReplaySplit

  /// What was asked for, and the learning curve on it.
  public struct Run: Codable, Sendable {
    /// Rows of the pool in the order in which they were asked for.
    public let rows: [Int]
    /// The curve, by growing number of labels.
    public let curve: [ReplayRow]
  }

  /// Prepares a study.
  ///
  /// - Parameters:
  ///   - data: the set whose labels are replayed.
  ///   - test: the set to measure on; nil: a share of `data`, drawn for each seed.
  /// - Throws: ``SimulationError`` where data and parameters do not fit.
  public init(data: LabelledItems, test: LabelledItems? = nil, parameters: SimulationParameters) throws {
    try parameters.validate()
    self.parameters = parameters
    split = try ReplaySplit(data: data, test: test, parameters: parameters)
  }

  /// Features and classes of the pool and of the held-out items under a seed.
  public func set(seed: Int) throws -> ReplaySet { try split.set(for: seed) }

  /// Lets go of a seed's features.
  public func release(seed: Int) { split.release(seed) }

  /// Replays a strategy.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  public func replay(strategy: String, seed: Int, isCancelled: @Sendable () -> Bool = { false }) throws -> Run {
    try run(strategy: strategy, seed: seed, script: nil, isCancelled: isCancelled)
  }

  /// Replays rows that another program chose.
  ///
  /// - Throws: ``SimulationError/parameter(name:reason:)`` where a row is not in the pool or is named twice, and
  ///   `CancellationError` soon after `isCancelled` says so.
  public func replay(rows: [Int], seed: Int, isCancelled: @Sendable () -> Bool = { false }) throws -> Run {
    guard Set(rows).count == rows.count, rows.allSatisfy({ $0 >= 0 && $0 < split.poolCount }) else {
      throw SimulationError.parameter(
        name: "rows", reason: "a row is named twice or is not among the pool's \(split.poolCount).")
    }
    return try run(strategy: "random", seed: seed, script: rows, isCancelled: isCancelled)
  }

  /// The accuracy with all labels of the pool.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  public func ceiling(seed: Int, isCancelled: @Sendable () -> Bool = { false }) throws -> Double {
    let run = ReplayRun(set: try set(seed: seed), parameters: parameters, strategy: "random", seed: seed)
    return try run.ceiling(isCancelled: isCancelled).first?.accuracy ?? 0
  }

  private func run(strategy: String, seed: Int, script: [Int]?, isCancelled: @Sendable () -> Bool) throws -> Run {
    var asked: [Int] = []
    let run = ReplayRun(set: try set(seed: seed), parameters: parameters, strategy: strategy, seed: seed)
    let curve = try run.run(
      script: script, onAsked: { asked += $0 }, progress: { _ in }, isCancelled: isCancelled)
    return Run(rows: asked, curve: curve)
  }
}
