import Features
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
    let (poolFeatures, testFeatures, shape) = try features(pool: pool.content, test: test.content, seed: UInt64(seed))
    return ReplaySet(
      pool: poolFeatures, poolLabels: pool.labels, test: testFeatures, testLabels: test.labels,
      classNames: data.classNames, imageShape: shape)
  }

  private func features(
    pool: LabelledItems.Content, test: LabelledItems.Content, seed: UInt64
  ) throws -> (Matrix, Matrix, ImageShape?) {
    switch (pool, test) {
    case (.numbers(let pool, let shape), .numbers(let test, _)):
      guard pool.columns == test.columns else {
        throw SimulationError.parameter(
          name: "test", reason: "its items have \(test.columns) numbers where those of the pool have \(pool.columns).")
      }
      return (pool, test, shape)
    case (.raw(let pool), .raw(let test)):
      let featurizer = try AnyFeaturizer.fit(pool, seed: seed)
      var shape: ImageShape?
      if case .image(let images) = featurizer {
        shape = ImageShape(height: images.height, width: images.width, channels: images.channels)
      }
      return (try featurizer.features(of: pool), try featurizer.features(of: test), shape)
    default:
      throw SimulationError.parameter(name: "test", reason: "it is of another kind than the pool.")
    }
  }
}
