import Features
import Learning
import Sampling
import Synchronization
import Tensors

/// Splits a data set by seed to pool and held-out items, and makes features of both.
///
/// Texts and encoded images are featurised by what is fitted on the pool alone, as a server would. Sets are made when they
/// are first asked for and let go when the last run of their seed has ended.
final class ReplaySplit: Sendable {
  private let data: LabelledItems
  private let test: LabelledItems?
  private let holdout: Int
  private let parameters: SimulationParameters
  private let state: Mutex<[Int: Entry]>

  /// One seed's set; its own lock lets runs of other seeds go on while it is made.
  private final class Entry: Sendable {
    let set = Mutex<ReplaySet?>(nil)
  }

  init(data: LabelledItems, test: LabelledItems?, parameters: SimulationParameters) throws(SimulationError) {
    var data = data
    if let limit = parameters.limit, limit < data.count {
      var order = Array(0..<data.count)
      var generator = SeededGenerator(seed: 0, stream: 0x117)
      generator.shuffle(&order)
      data = data.subset(order.prefix(limit).sorted())
    }
    var test = test
    if let given = test, given.classNames != data.classNames {
      let names = LabelledItems.sorted(Set(given.classNames).union(data.classNames))
      data = data.relabelled(to: names)
      test = given.relabelled(to: names)
    }
    let wanted = parameters.holdout < 1 ? Double(data.count) * parameters.holdout : parameters.holdout
    holdout = test == nil ? max(1, Int(wanted.rounded())) : 0
    guard holdout < data.count else {
      throw .parameter(name: "holdout", reason: "\(holdout) of \(data.count) items would leave no pool.")
    }
    guard Set(data.labels).count > 1 else {
      throw .parameter(
        name: "data", reason: "all items are of class “\(data.classNames[data.labels[0]])”; two are needed.")
    }
    guard parameters.start <= data.count - holdout else {
      throw .parameter(
        name: "start", reason: "\(parameters.start) is more than the pool's \(data.count - holdout) items.")
    }
    self.data = data
    self.test = test
    self.parameters = parameters
    state = Mutex([:])
  }

  /// Items of the pool, the same for every seed.
  var poolCount: Int { data.count - holdout }

  var classes: Int { data.classNames.count }

  /// The set of a seed.
  func set(for seed: Int) throws -> ReplaySet {
    let entry = state.withLock { entries in
      let entry = entries[seed] ?? Entry()
      entries[seed] = entry
      return entry
    }
    return try entry.set.withLock { set in
      if let set { return set }
      let made = try make(seed)
      set = made
      return made
    }
  }

  /// Lets go of the set of a seed.
  func release(_ seed: Int) { state.withLock { $0[seed] = nil } }

  private func make(_ seed: Int) throws -> ReplaySet {
    var order = Array(0..<data.count)
    var generator = SeededGenerator(seed: UInt64(seed), stream: 0x5B1)
    generator.shuffle(&order)
    let pool = data.subset(Array(order[holdout...]))
    let test = test ?? data.subset(Array(order[..<holdout]))
    var set = try features(pool: pool, test: test, seed: UInt64(seed))
    if parameters.plantedOutliers > 0 {
      let planted = PlantedOutliers.plant(
        into: set.pool, labels: set.poolLabels, classes: classes, share: parameters.plantedOutliers, seed: UInt64(seed))
      set.pool = planted.features
      set.poolLabels = planted.labels
      set.isOutlier = planted.isOutlier
    }
    return parameters.removedShare > 0 ? try withoutUnlearnable(set, seed: seed) : set
  }

  /// Removes what a model that knows all labels learns least: the lowest mean probability of the true class, out of fold.
  ///
  /// After Karamcheti et al., "Mind Your Outliers!", 2021. They rank by confidence × variability over a training; out of fold
  /// and after the first epochs, what is easy hardly varies, so that product removes the easy items. It needs every label, so
  /// it is an experiment, not a filter.
  private func withoutUnlearnable(_ set: ReplaySet, seed: Int) throws -> ReplaySet {
    let trainer = ReplayTrainer(set: set, parameters: parameters, seed: seed)
    let all = Array(0..<set.pool.rows)
    let dynamics = try outOfFoldDynamics(
      trainer.labelledSet(all, answers: set.poolLabels), try trainer.configuration(labels: all.count))
    let kept = rowsKeptByDynamics(
      confidence: dynamics.confidence, variability: dynamics.confidence.map { _ in 1 },
      removing: parameters.removedShare)
    var result = set
    result.pool = set.pool.gatherRows(kept)
    result.poolLabels = kept.map { set.poolLabels[$0] }
    if !set.isOutlier.isEmpty { result.isOutlier = kept.map { set.isOutlier[$0] } }
    if case .items(let items, let featurizer) = set.views, set.isOutlier.isEmpty {
      result.views = .items(kept.map { items[$0] }, featurizer)
    }
    return result
  }

  private func features(pool: LabelledItems, test: LabelledItems, seed: UInt64) throws -> ReplaySet {
    func set(_ poolFeatures: Matrix, _ testFeatures: Matrix, _ shape: ImageShape?, _ views: ReplayViews) -> ReplaySet {
      ReplaySet(
        pool: poolFeatures, poolLabels: pool.labels, test: testFeatures, testLabels: test.labels,
        classNames: data.classNames, imageShape: shape, views: views)
    }
    switch (pool.content, test.content) {
    case (.numbers(let pool, let shape), .numbers(let test, _)):
      guard pool.columns == test.columns else {
        throw SimulationError.parameter(
          name: "test", reason: "its items have \(test.columns) numbers where those of the pool have \(pool.columns).")
      }
      return set(pool, test, shape, shape.map { .pixels($0) } ?? .numbers)
    case (.raw(let pool), .raw(let test)):
      let featurizer = try AnyFeaturizer.fit(pool, seed: seed, pool: .shared)
      var shape: ImageShape?
      if case .image(let images) = featurizer {
        shape = ImageShape(height: images.height, width: images.width, channels: images.channels)
      }
      return set(
        try featurizer.features(of: pool, pool: .shared), try featurizer.features(of: test, pool: .shared), shape,
        .items(pool, featurizer))
    default:
      throw SimulationError.parameter(name: "test", reason: "it is of another kind than the pool.")
    }
  }
}
