import Learning
import Tensors

/// Arms of an experiment that end in one figure each, measured once per seed, a measurement per core, and kept in the
/// context's folder.
struct Measurements: Sendable {
  /// What tells these measurements from others; to be changed with whatever they depend on.
  let setting: String
  let arms: [String]
  let seeds: Int

  /// Measures what is not measured yet.
  ///
  /// - Parameter body: gets the arm's position, the seed, and what to ask whether to stop.
  /// - Returns: a figure per arm and seed, `(arms)(seeds)`.
  func run(
    _ context: ExperimentContext,
    _ body: @escaping @Sendable (Int, Int, @Sendable () -> Bool) throws -> Double
  ) throws -> [[Double]] {
    let journal = try Journal(directory: context.directory)
    let keys = (0..<seeds).flatMap { seed in arms.map { RunKey(setting: setting, strategy: $0, seed: seed) } }
    let names = arms
    try RunQueue(keys: keys, journal: journal, progress: context.progress, isCancelled: context.isCancelled).run {
      key, _, isCancelled in
      do {
        let value = try body(names.firstIndex(of: key.strategy) ?? 0, key.seed, isCancelled)
        return [
          ReplayRow(labels: 0, accuracy: value, macroF1: 0, nll: 0, ece: 0, outlierShare: 0, seconds: 0)
        ]
      } catch let error as LearningError {
        throw error == .cancelled ? CancellationError() as any Error : error
      }
    }
    return names.map { arm in
      (0..<seeds).compactMap { seed in
        journal.rows(of: RunKey(setting: setting, strategy: arm, seed: seed))?.first?.accuracy
      }
    }
  }
}

/// The mean of several figures in percent with the 95 % interval over seeds.
func percent(_ values: [Double]) -> String {
  let reach = meanInterval(values).map { " ± \(decimals(50 * ($0.upper - $0.lower), 2))" } ?? ""
  return "\(decimals(100 * mean(values), 2))\(reach) %"
}

extension Chart.Point {
  /// The mean of several figures with its interval.
  init(x: Double, values: [Double]) {
    let interval = meanInterval(values)
    self.init(x: x, y: mean(values), low: interval?.lower, high: interval?.upper)
  }
}

/// The accuracy of probabilities `(n, c)`.
func accuracy(of probabilities: Matrix, labels: [Int]) -> Double {
  ClassificationMetrics(probabilities: probabilities, labels: labels)?.accuracy ?? 0
}
