import Foundation
import Synchronization
import Tensors

/// How far a simulation has come.
public struct SimulationProgress: Sendable, Equatable {
  /// The share done, in `0...1`.
  public var share: Double
  /// Runs that are done, those of an earlier start included.
  public var done: Int
  /// All runs.
  public var runs: Int
}

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
    let keys = allKeys
    let todo = keys.filter { journal.rows(of: $0) == nil }
    let state = RunState(todo: todo, done: keys.count - todo.count, runs: keys.count, progress: progress)
    state.report()
    let workers = ComputePool(threads: max(1, min(threads ?? ComputePool.processorCount, todo.count)))
    workers.forEachBlock(of: todo.count, blockSize: 1) { block in
      let key = todo[block.lowerBound]
      if state.hasFailed || isCancelled() { return }
      do {
        let rows = try rows(of: key, state: state, isCancelled: { isCancelled() || state.hasFailed })
        try journal.keep(rows, of: key)
        if state.finish(key) { split.release(key.seed) }
      } catch is CancellationError {
        return
      } catch {
        state.fail(error)
      }
    }
    if let error = state.failure { throw error }
    let done = keys.filter { journal.rows(of: $0) != nil }.count
    if done < keys.count { throw SimulationError.cancelled(done: done, runs: keys.count) }
    return result(of: journal)
  }

  /// Seed after seed, so that few seeds' features are held at a time.
  private var allKeys: [RunKey] {
    let names = (parameters.measuresCeiling ? [Self.ceilingName] : []) + parameters.strategies
    return (0..<parameters.seeds).flatMap { seed in
      names.map { RunKey(setting: setting, strategy: $0, seed: seed) }
    }
  }

  private func rows(of key: RunKey, state: RunState, isCancelled: () -> Bool) throws -> [ReplayRow] {
    let run = ReplayRun(
      set: try split.set(for: key.seed), parameters: parameters, strategy: key.strategy, seed: key.seed)
    if key.strategy == Self.ceilingName { return try run.ceiling(isCancelled: isCancelled) }
    let budget = Double(min(parameters.labels, split.poolCount))
    return try run.run(
      progress: { labels in state.advance(key, to: Double(labels) / budget) }, isCancelled: isCancelled)
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

/// What the runs under way share.
private final class RunState: Sendable {
  private struct Values {
    var left: [Int: Int] = [:]
    var shares: [RunKey: Double] = [:]
    var done: Int
    var failure: (any Error)?
  }

  private let values: Mutex<Values>
  private let runs: Int
  private let progress: @Sendable (SimulationProgress) -> Void

  init(todo: [RunKey], done: Int, runs: Int, progress: @escaping @Sendable (SimulationProgress) -> Void) {
    var initial = Values(done: done)
    for key in todo { initial.left[key.seed, default: 0] += 1 }
    values = Mutex(initial)
    self.runs = runs
    self.progress = progress
  }

  var failure: (any Error)? { values.withLock { $0.failure } }
  var hasFailed: Bool { failure != nil }

  func fail(_ error: any Error) { values.withLock { $0.failure = $0.failure ?? error } }

  func advance(_ key: RunKey, to share: Double) {
    values.withLock { $0.shares[key] = share }
    report()
  }

  /// Returns whether this was the last run of its seed.
  func finish(_ key: RunKey) -> Bool {
    let isLast = values.withLock { values in
      values.shares[key] = nil
      values.done += 1
      values.left[key.seed, default: 1] -= 1
      return values.left[key.seed] == 0
    }
    report()
    return isLast
  }

  func report() {
    let now = values.withLock { values in
      let under = values.shares.values.reduce(0, +)
      return SimulationProgress(
        share: runs == 0 ? 1 : (Double(values.done) + under) / Double(runs), done: values.done, runs: runs)
    }
    progress(now)
  }
}
