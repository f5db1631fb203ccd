public import Tensors

/// Networks of one shape that were trained on the same labels from different seeds: a committee.
///
/// Source: Lakshminarayanan et al., "Simple and Scalable Predictive Uncertainty Estimation Using Deep Ensembles", 2017;
/// Beluch et al., 2018, for its use in active learning.
public struct Ensemble: Sendable {
  /// The networks, all with the same inputs, classes and kind of output.
  public let members: [TrainedModel]
  /// Number of features of an input row.
  public var inputs: Int { members[0].inputs }
  /// Number of classes.
  public var classes: Int { members[0].classes }
  /// Whether classes exclude each other.
  public var outputKind: OutputKind { members[0].outputKind }
  /// Floating-point operations that training all members took.
  public var trainingFLOPs: Double { members.reduce(0) { $0 + $1.trainingFLOPs } }
  /// Parameters of all members.
  public var parameterCount: Int { members.reduce(0) { $0 + $1.parameterCount } }

  /// Makes an ensemble of trained networks.
  ///
  /// - Throws: ``LearningError/invalidConfiguration(_:)`` where there is none, or where they do not fit together.
  public init(members: [TrainedModel]) throws(LearningError) {
    guard let first = members.first else { throw .invalidConfiguration("an ensemble needs a member") }
    let fits = members.allSatisfy {
      $0.inputs == first.inputs && $0.classes == first.classes && $0.outputKind == first.outputKind
    }
    if !fits { throw .invalidConfiguration("members of an ensemble differ in inputs, classes or kind of output") }
    self.members = members
  }

  /// The probabilities of all members `(t, n, c)` over rows `(n, d)`, with dropout off.
  ///
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/cancelled``.
  /// - Complexity: O(n · parameters of all members).
  public func committee(
    of x: MatrixView, pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws(LearningError) -> CommitteePredictions {
    var values: [Float] = []
    values.reserveCapacity(members.count * x.rows * classes)
    for member in members {
      let probabilities = try member.probabilities(of: x, pool: pool, isCancelled: isCancelled)
      probabilities.withUnsafeBufferPointer { values.append(contentsOf: $0) }
    }
    return CommitteePredictions(members: members.count, items: x.rows, classes: classes, values: values)
  }

  /// The mean of the members' probabilities `(n, c)` over rows `(n, d)`: the ensemble's prediction.
  ///
  /// - Throws: ``LearningError/widthMismatch(expected:actual:)``, ``LearningError/cancelled``.
  public func probabilities(
    of x: MatrixView, pool: ComputePool? = nil, isCancelled: @Sendable () -> Bool = { false }
  ) throws(LearningError) -> Matrix {
    try committee(of: x, pool: pool, isCancelled: isCancelled).mean()
  }
}

/// How members of an ensemble come to differ, besides their start values.
public enum Bootstrap: String, Codable, Sendable {
  /// All train on all rows, each in its own order: best for the ensemble's accuracy.
  case orders
  /// Each trains on as many rows as there are, drawn with replacement within each class: more disagreement.
  case resample
}

/// How far the training of an ensemble has come.
public struct EnsembleProgress: Sendable, Equatable {
  /// The member that has finished an epoch, from 0.
  public let member: Int
  /// Number of members.
  public let members: Int
  /// What it has reached.
  public let progress: TrainingProgress
}

extension Ensemble {
  /// Trains an ensemble, a member on each thread.
  ///
  /// The first member is the network that ``train(_:_:options:pool:progress:isCancelled:)`` gives, unless rows are resampled.
  /// Deterministic for a seed, bit for bit, whatever the number of threads.
  /// - Parameters:
  ///   - members: how many networks, at least 1; five are usual.
  ///   - bootstrap: how they come to differ.
  ///   - progress: called after every epoch of every member, on the thread that trains it.
  ///   - isCancelled: asked before every mini-batch, from all threads.
  /// - Throws: ``LearningError``, as a single training does.
  /// - Complexity: the time of one training times members over threads, and the memory of as many trainings as threads.
  public static func train(
    _ set: LabelledSet, _ configuration: TrainingConfiguration, members: Int = 5, bootstrap: Bootstrap = .orders,
    pool: ComputePool? = nil, progress: @Sendable (EnsembleProgress) -> Void = { _ in },
    isCancelled: @Sendable () -> Bool = { false }
  ) throws(LearningError) -> Ensemble {
    if members < 1 { throw .invalidConfiguration("an ensemble of \(members) members cannot be trained") }
    try set.validate()
    let trained = try parallelTrainings(members, on: pool, isCancelled: isCancelled) {
      index throws(LearningError) in
      var own = configuration
      own.seed = derivedSeed(configuration.seed, part: index)
      let rows = bootstrap == .resample ? set.subset(set.resampledRows(seed: own.seed)) : set
      return try Learning.train(
        rows, own, progress: { progress(EnsembleProgress(member: index, members: members, progress: $0)) },
        isCancelled: isCancelled)
    }
    return try Ensemble(members: trained)
  }
}

extension LabelledSet {
  /// As many rows as there are, drawn with replacement within each class, so that no class is lost.
  func resampledRows(seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: 0xB007)
    let rows = targets.strata.flatMap { stratum in
      stratum.map { _ in stratum[generator.index(below: stratum.count)] }
    }
    return rows.sorted()
  }
}
