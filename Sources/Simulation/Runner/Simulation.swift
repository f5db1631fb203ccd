/// A simulation's results.
public struct SimulationResult: Sendable, Equatable {
  /// Curves, ordered by strategy as asked for, then by seed.
  public var curves: [ReplayCurve]
  /// The accuracy with all labels of the pool under each seed; empty where it was not measured.
  public var ceilings: [Double]
  /// Items of the pool.
  public var poolCount: Int
  /// The number of classes.
  public var classes: Int
}

/// Replays strategies on a labelled set, a run per core, and keeps finished runs in a folder.
public struct Simulation: Sendable {
  /// Under what name the journal keeps the accuracy with all labels.
  private static let ceilingName = "all_labels"

  private let parameters: SimulationParameters
  private let split: ReplaySplit
  private let setting: String

  /// Prepares a simulation.
  ///
  /// - Parameters:
  ///   - data: the set whose labels are replayed.
  ///   - test: the set to measure on; nil: a share of `data`, drawn for each seed.
  /// - Throws: ``SimulationError`` where data and parameters do not fit.
  public init(data: LabelledItems, test: LabelledItems? = nil, parameters: SimulationParameters) throws {
    try parameters.validate()
    self.parameters = parameters
    split = try ReplaySplit(data: data, test: test, parameters: parameters)
    setting = try RunKey.setting(data: data, test: test, parameters: parameters)
  }

  /// Runs what is not done yet, and returns all of it.
  ///
  /// The result is the same, bit for bit, for the same seeds, whatever the number of threads and however often it was cut.
  /// - Parameters:
  ///   - directory: where the journal is kept.
  ///   - threads: runs at the same time; nil: one per processor.
  ///   - progress: called after every round, from any thread.
  ///   - isCancelled: asked often, from any thread.
  /// - Throws: ``SimulationError/cancelled(done:runs:)``, with all finished runs kept; or the first error of a run.
  public func run(
    directory: String, threads: Int? = nil, progress: @escaping @Sendable (SimulationProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> SimulationResult {
    let journal = try Journal(directory: directory)
    try RunQueue(keys: allKeys, journal: journal, threads: threads, progress: progress, isCancelled: isCancelled).run(
      finishedSeed: { split.release($0) },
      { key, advance, isCancelled in try rows(of: key, advance: advance, isCancelled: isCancelled) })
    return result(of: journal)
  }

  /// Seed after seed, so that few seeds' features are held at a time.
  private var allKeys: [RunKey] {
    let names = (parameters.measuresCeiling ? [Self.ceilingName] : []) + parameters.strategies
    return (0..<parameters.seeds).flatMap { seed in
      names.map { RunKey(setting: setting, strategy: $0, seed: seed) }
    }
  }

  private func rows(
    of key: RunKey, advance: (Double) -> Void, isCancelled: @Sendable () -> Bool
  ) throws -> [ReplayRow] {
    let run = ReplayRun(
      set: try split.set(for: key.seed), parameters: parameters, strategy: key.strategy, seed: key.seed)
    if key.strategy == Self.ceilingName { return try run.ceiling(isCancelled: isCancelled) }
    let budget = Double(min(parameters.labels, split.poolCount))
    return try run.run(progress: { advance(Double($0) / budget) }, isCancelled: isCancelled)
  }

  private func result(of journal: Journal) -> SimulationResult {
    func rows(_ strategy: String, _ seed: Int) -> [ReplayRow] {
      journal.rows(of: RunKey(setting: setting, strategy: strategy, seed: seed)) ?? []
    }
    let seeds = 0..<parameters.seeds
    return SimulationResult(
      curves: parameters.strategies.flatMap { strategy in
        seeds.map { ReplayCurve(strategy: strategy, seed: $0, rows: rows(strategy, $0)) }
      },
      ceilings: parameters.measuresCeiling ? seeds.compactMap { rows(Self.ceilingName, $0).first?.accuracy } : [],
      poolCount: split.poolCount, classes: split.classes)
  }
}
