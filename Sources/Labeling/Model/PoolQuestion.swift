import Domain
import Learning
import Sampling
import Tensors

/// Which items of a pool a strategy wants asked: what a round and a query have in common.
struct PoolQuestion: Sendable {
  /// The strategy that was asked for.
  let strategy: StrategyChoice
  let project: Project
  let seed: UInt64

  /// A strategy that can do with what there is, and why it is another than the one asked for.
  struct Resolved: Sendable {
    let strategy: any QueryStrategy
    let reason: String?
  }

  /// Scores the candidates.
  ///
  /// - Returns: the candidates with their utilities, and the strategy that will choose among them.
  func score(
    _ candidates: [Int], features: MatrixView?, model: TrainedModel?, data: TrainingData, progress: (Double) -> Void,
    isCancelled: () -> Bool
  ) throws -> (pool: ScoredPool, strategy: Resolved) {
    let covered = data.training.rows.indices.filter { data.training.rows[$0] < (features?.rows ?? 0) }
    let resolved = try resolve(
      data: data, hasModel: model != nil && features != nil, hasFeatures: (features?.columns ?? 0) > 0)
    let scorer = PoolScorer(
      strategy: resolved.strategy, model: model, committeeSize: project.settings.trainer.committee.size, seed: seed)
    let utilities = try scorer.utilities(
      of: candidates, features: features, progress: progress, isCancelled: isCancelled)
    let pool = ScoredPool(
      rows: candidates, utilities: utilities, members: scorer.members, features: features,
      labelledRows: covered.map { data.training.rows[$0] },
      labelledClasses: covered.map { data.training.classes[$0] },
      classes: project.labels.count)
    return (pool, resolved)
  }

  /// `auto` by the number of labels; a strategy that needs a model falls back to typical items while there is none.
  private func resolve(data: TrainingData, hasModel: Bool, hasFeatures: Bool) throws -> Resolved {
    if strategy.name == "auto" {
      let policy = AutoPolicy.resolve(
        labels: data.training.classes, classes: project.labels.count, hasModel: hasModel, hasFeatures: hasFeatures)
      return Resolved(strategy: try StrategyRegistry.make(name: policy.name), reason: policy.reason)
    }
    let asked = try StrategyRegistry.make(name: strategy.name, parameters: strategy.parameters)
    let needs = type(of: asked).descriptor.needs
    if !hasModel, hasFeatures, !needs.isDisjoint(with: [.probabilities, .committee]) {
      return Resolved(
        strategy: try StrategyRegistry.make(name: "typiclust"),
        reason:
          "\(strategy) needs a model, and there is none before two labels have been used; typical items come first.")
    }
    return Resolved(strategy: asked, reason: nil)
  }

  /// Orders a queue, or chooses a batch.
  func plan(_ resolved: Resolved, head: Int, total: Int, from pool: ScoredPool) throws -> Selection {
    var generator = SeededGenerator(seed: seed, stream: 0x91A)
    var selection = try resolved.strategy.plan(head: head, total: total, from: pool, using: &generator)
    let reasons = [resolved.reason, selection.reason].compactMap { $0 }
    selection.reason = reasons.isEmpty ? nil : reasons.joined(separator: " ")
    return selection
  }
}
