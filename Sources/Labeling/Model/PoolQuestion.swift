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

  /// Items scored at once, at most, and numbers that their predictions may take.
  private static let (mostItems, mostNumbers) = (4096, 8 << 20)
  /// Views of an item for strategies that ask about them, where the project has no committee of views.
  static let usualViews = 8

  /// A strategy that can do with what there is, and why it is another than the one asked for.
  struct Resolved: Sendable {
    /// The strategy over classes, which gives its name.
    let base: any QueryStrategy
    /// Why it is this one.
    var reason: String?

    var name: String { type(of: base).descriptor.name }
    var needs: Needs { type(of: base).descriptor.needs }
  }

  /// What there is to ask with.
  struct Ground: Sendable {
    /// The model; `nil` before the first.
    var model: RoundModel?
    /// The features of the pool; `nil` before the first round.
    var features: PoolFeatures?
    /// How altered copies are made.
    var views: PoolViews?
    /// What is labelled.
    var data: TrainingData
    /// The share of the pool that seems unlearnable.
    var unlearnable = 0.0
  }

  /// Candidates with their utilities, and the strategy that will choose among them.
  struct Scored: Sendable {
    let pool: ScoredPool
    let strategy: Resolved
    /// Floating-point operations of the predictions.
    let operations: Double
  }

  /// Scores the candidates.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  func score(
    _ candidates: [Int], on ground: Ground, progress: (Double) -> Void, isCancelled: () -> Bool
  ) throws -> Scored {
    let opinions = opinions(on: ground, needs: nil)
    var resolved = try resolve(ground, members: opinions?.members ?? 1)
    let asked = self.opinions(on: ground, needs: resolved.needs)
    var rows = candidates
    if let views = asked?.views, rows.count > views.source.limit {
      rows = sample(rows, views.source.limit)
      let limited =
        "Of \(candidates.count) items \(rows.count) drawn at random were asked about: altered copies of texts are read anew."
      resolved.reason = resolved.reason.map { "\($0) \(limited)" } ?? limited
    }
    let data = ground.data.training
    let covered = data.rows.indices.filter { data.rows[$0] < (ground.features?.view.rows ?? 0) }
    let pool = ScoredPool(
      rows: rows,
      utilities: try asked.map {
        try utilities(of: rows, by: multiLabel(resolved.base), $0, progress: progress, isCancelled: isCancelled)
      } ?? [], members: asked?.members ?? 1, features: ground.features?.view,
      labelledRows: covered.map { data.rows[$0] }, labelledClasses: covered.map { data.classes[$0] },
      classes: project.labels.count, model: asked)
    return Scored(pool: pool, strategy: resolved, operations: asked?.operations(items: rows.count) ?? 0)
  }

  /// The model as a strategy sees it; by altered copies where it needs them, or where the project's committee is made so.
  private func opinions(on ground: Ground, needs: Needs?) -> PoolOpinions? {
    guard let model = ground.model, let features = ground.features else { return nil }
    let committee = project.settings.trainer.committee
    var views: (PoolViews, Int)?
    if let source = ground.views {
      if committee.kind == .augmentation, needs?.includeModel ?? true {
        views = (source, committee.size)
      } else if needs?.contains(.views) == true {
        views = (source, Self.usualViews)
      }
    }
    return PoolOpinions(model: model, features: features.view, views: views, seed: seed)
  }

  private func utilities(
    of rows: [Int], by strategy: any QueryStrategy, _ model: PoolOpinions, progress: (Double) -> Void,
    isCancelled: () -> Bool
  ) throws -> [Float] {
    var utilities: [Float] = []
    utilities.reserveCapacity(rows.count)
    var generator = SeededGenerator(seed: seed, stream: 0x5C0)
    let size = max(64, min(Self.mostItems, Self.mostNumbers / max(1, model.numbersPerItem)))
    for start in stride(from: 0, to: rows.count, by: size) {
      if isCancelled() { throw CancellationError() }
      let block = Array(rows[start..<min(start + size, rows.count)])
      utilities += try strategy.utilities(of: model.committee(of: block), using: &generator)
      progress(Double(start + block.count) / Double(rows.count))
    }
    return utilities
  }

  /// A uniform draw of candidates, in their order.
  private func sample(_ rows: [Int], _ count: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: 0x5A3)
    var order = rows
    generator.shuffle(&order)
    return order.prefix(count).sorted()
  }

  /// `auto` by the number of labels; a strategy that needs a model falls back to typical items while there is none.
  private func resolve(_ ground: Ground, members: Int) throws -> Resolved {
    let hasModel = ground.model != nil && ground.features != nil
    let hasFeatures = (ground.features?.view.columns ?? 0) > 0
    if strategy.name == "auto" {
      let answers = ground.data.training.kinds(labels: project.labels.count)
      let policy = AutoPolicy.resolve(
        labels: answers.kinds, classes: answers.count, hasModel: hasModel, hasFeatures: hasFeatures,
        hasCommittee: members > 1, estimatedUnlearnable: ground.unlearnable)
      return Resolved(base: try policy.strategy(), reason: policy.reason)
    }
    let asked = Resolved(base: try StrategyRegistry.make(name: strategy.name, parameters: strategy.parameters))
    if !hasModel, hasFeatures, asked.needs.includeModel {
      return Resolved(
        base: try StrategyRegistry.make(name: "typiclust"),
        reason:
          "\(strategy) needs a model, and there is none before two different answers have been given; typical items come first."
      )
    }
    return asked
  }

  /// The strategy over independent labels where an item may have several.
  private func multiLabel(_ base: any QueryStrategy) -> any QueryStrategy {
    project.task == .multiLabel ? MultiLabelStrategy(base: base) : base
  }

  /// Orders a queue, or chooses a batch.
  func plan(_ scored: Scored, head: Int, total: Int) throws -> Selection {
    var generator = SeededGenerator(seed: seed, stream: 0x91A)
    var selection = try multiLabel(scored.strategy.base).plan(
      head: head, total: total, from: scored.pool, using: &generator)
    let reasons = [scored.strategy.reason, selection.reason].compactMap { $0 }
    selection.reason = reasons.isEmpty ? nil : reasons.joined(separator: " ")
    return selection
  }
}
