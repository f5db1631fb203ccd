import Domain
import Learning
import Synchronization
import Tensors

/// Trains the networks of a round.
struct RoundTraining: Sendable {
  let project: Project
  let features: PoolFeatures
  let data: TrainingData
  let seed: UInt64
  /// The model that serves, for a warm start and for what was hard for it.
  let previous: ServingModel?

  /// What was trained, and what could not be done as asked for.
  struct Outcome: Sendable {
    var model: RoundModel
    var configuration: TrainingConfiguration
    var notes: [String]
  }

  /// Trains one network, or each of an ensemble.
  ///
  /// - Parameters:
  ///   - progress: called with the share that is done, from any thread.
  ///   - isCancelled: asked before every mini-batch, from any thread.
  /// - Throws: `LearningError`.
  func run(progress: @Sendable (Double) -> Void, isCancelled: @Sendable () -> Bool) throws -> Outcome {
    let trainer = project.settings.trainer
    let classes = project.labels.count
    let set = LabelledSet(
      features: features.view.gatherRows(data.training.rows), targets: data.training.targets(labels: classes),
      classes: classes)
    let configuration = trainer.configuration(
      classes: classes, featurizer: features.featurizer, labels: set.count, seed: seed)
    var notes: [String] = []
    if trainer.model == .convolutional, !configuration.architecture.isConvolutional {
      notes.append("A convolutional network reads pictures, and these features are none: a perceptron was trained.")
    }
    let starts = starts(for: configuration.architecture, notes: &notes)
    let order = try order(of: set, notes: &notes)
    let members: [TrainedModel]
    if trainer.committee.kind == .ensemble, starts.isEmpty, order == .shuffled {
      members = try ensemble(of: trainer.committee.size, set, configuration, progress, isCancelled)
    } else {
      let count = trainer.committee.kind == .ensemble ? trainer.committee.size : 1
      members = try (0..<count).map { member in
        var own = configuration
        own.seed = configuration.seed &+ UInt64(member) &* 0x9E37_79B9_7F4A_7C15
        return try Learning.train(
          set, own,
          options: TrainingOptions(start: starts.isEmpty ? nil : starts[member % starts.count], order: order),
          pool: .shared, progress: { progress((Double(member) + $0.share) / Double(count)) }, isCancelled: isCancelled)
      }
    }
    return Outcome(
      model: RoundModel(members: members, committee: trainer.committee), configuration: configuration, notes: notes)
  }

  /// An ensemble from scratch, a network on each core.
  private func ensemble(
    of count: Int, _ set: LabelledSet, _ configuration: TrainingConfiguration, _ progress: @Sendable (Double) -> Void,
    _ isCancelled: @Sendable () -> Bool
  ) throws -> [TrainedModel] {
    let shares = Mutex([Double](repeating: 0, count: count))
    return try Ensemble.train(
      set, configuration, members: count, pool: .shared,
      progress: { report in
        let done = shares.withLock { shares in
          shares[report.member] = report.progress.share
          return shares.reduce(0, +) / Double(count)
        }
        progress(done)
      }, isCancelled: isCancelled
    ).members
  }

  /// The networks of the model before, where training is to go on from them and they fit.
  private func starts(for architecture: Architecture, notes: inout [String]) -> [TrainedModel] {
    guard project.settings.trainer.warmStart, let previous else { return [] }
    let members = previous.model.members
    guard knowsTheSame(previous), members.allSatisfy({ $0.architecture == architecture }) else {
      notes.append("The model before has another shape, other labels or other features: training began from scratch.")
      return []
    }
    return members
  }

  /// The order in which rows are learned: by their loss under the model before, where the project wants that.
  private func order(of set: LabelledSet, notes: inout [String]) throws -> TrainingOrder {
    let curriculum: Learning.Curriculum =
      switch project.settings.trainer.curriculum {
      case .none: .none
      case .easyFirst: .easyFirst
      case .anti: .hardFirst
      }
    guard curriculum != .none else { return .shuffled }
    guard let previous, knowsTheSame(previous) else {
      notes.append("No model before says what is easy among these labels: items were learned in shuffled order.")
      return .shuffled
    }
    return try curriculum.order(for: set, after: previous.model.members[0])
  }

  /// Whether a model has these features and these labels.
  private func knowsTheSame(_ model: ServingModel) -> Bool {
    model.featureVersion == features.version && model.labels == project.labels.map(\.id)
      && model.model.inputs == features.view.columns && model.model.isMultiLabel == (project.task == .multiLabel)
  }
}

extension TrainingProgress {
  /// The share of the epochs that is done.
  fileprivate var share: Double { Double(epoch) / Double(max(1, epochs)) }
}

extension Architecture {
  /// Whether it convolves.
  fileprivate var isConvolutional: Bool { if case .convolutional = self { true } else { false } }
}
