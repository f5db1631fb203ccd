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

/// Does the runs that a journal does not have yet, one per thread at a time, and keeps each as it ends.
struct RunQueue: Sendable {
  /// All runs, in the order in which they are begun.
  let keys: [RunKey]
  let journal: Journal
  /// Runs at the same time; nil: one per processor.
  var threads: Int?
  let progress: @Sendable (SimulationProgress) -> Void
  let isCancelled: @Sendable () -> Bool

  /// Does a run: gets its key, what to call with the share done, and what to ask whether to stop.
  typealias Work =
    @Sendable (RunKey, _ advance: (Double) -> Void, _ isCancelled: @Sendable () -> Bool) throws -> [ReplayRow]

  /// Runs to the end.
  ///
  /// - Parameter finishedSeed: called when the last run of a seed has ended.
  /// - Throws: ``SimulationError/cancelled(done:runs:)``, with all finished runs kept; or the first error of a run.
  func run(finishedSeed: @Sendable (Int) -> Void = { _ in }, _ work: Work) throws {
    let todo = keys.filter { journal.rows(of: $0) == nil }
    let state = RunState(todo: todo, done: keys.count - todo.count, runs: keys.count, progress: progress)
    state.report()
    let workers = ComputePool(threads: max(1, min(threads ?? ComputePool.processorCount, todo.count)))
    let isStopped: @Sendable () -> Bool = { isCancelled() || state.hasFailed }
    workers.forEachBlock(of: todo.count, blockSize: 1) { block in
      let key = todo[block.lowerBound]
      if isStopped() { return }
      do {
        let rows = try work(key, { state.advance(key, to: $0) }, isStopped)
        try journal.keep(rows, of: key)
        if state.finish(key) { finishedSeed(key.seed) }
      } catch is CancellationError {
        return
      } catch {
        state.fail(error)
      }
    }
    if let error = state.failure { throw error }
    let done = keys.filter { journal.rows(of: $0) != nil }.count
    if done < keys.count { throw SimulationError.cancelled(done: done, runs: keys.count) }
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
