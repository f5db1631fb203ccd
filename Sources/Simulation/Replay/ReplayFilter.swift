import Learning
import Sampling
import Tensors

/// The outlier filter of a run, consulted every second round from 40 labels on, as a server does.
struct ReplayFilter {
  /// Labels from which on the filter is consulted.
  private static let minimumLabels = 40
  /// Principal components among which neighbours are sought.
  private static let components = 20

  private let filter: any OutlierFilter
  private let features: Matrix
  private let trainer: ReplayTrainer
  private var rounds = 0
  /// What the last report keeps out of queries.
  private(set) var excluded: Set<Int> = []
  /// The share of the pool that the last report holds unlearnable.
  private(set) var estimatedShare = 0.0

  /// Prepares the filter of that name; nil for `none`.
  init?(_ name: String, trainer: ReplayTrainer) throws {
    if name == "none" { return nil }
    filter = try OutlierFilterRegistry.make(name: name)
    self.trainer = trainer
    features = principalComponents(trainer.set.pool.view, count: Self.components, seed: UInt64(trainer.seed))
  }

  /// Brings the exclusions up to date where it is time to.
  mutating func update(
    labelled: [Int], answers: [Int], candidates: [Int], using generator: inout SeededGenerator,
    isCancelled: @Sendable () -> Bool
  ) throws {
    guard labelled.count >= Self.minimumLabels else { return }
    rounds += 1
    guard rounds % 2 == 1 else { return }
    let dynamics: TrainingDynamics
    do {
      dynamics = try outOfFoldDynamics(
        trainer.labelledSet(labelled, answers: answers), try trainer.configuration(labels: labelled.count),
        isCancelled: isCancelled)
    } catch let error as LearningError {
      if error == .cancelled { throw CancellationError() }
      throw error
    }
    let evidence = LearnabilityEvidence(
      features: features.view, labelledRows: labelled, labelledClasses: labelled.map { answers[$0] },
      learnability: dynamics.correctness, confidence: dynamics.confidence, variability: dynamics.variability,
      candidates: candidates, classes: trainer.set.classNames.count)
    let report = try filter.report(on: evidence, using: &generator, pool: nil)
    excluded = report.excludedRows
    estimatedShare = report.estimatedShare
  }
}
