import Domain
import Features
import Foundation
import Learning
import Tensors

/// Trains the networks of a round.
struct RoundTraining {
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
  /// - Parameter progress: called with the share that is done.
  /// - Throws: `LearningError`.
  func run(progress: (Double) -> Void, isCancelled: () -> Bool) throws -> Outcome {
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
    let known = known(as: configuration.architecture)
    if trainer.warmStart, previous != nil, known == nil {
      notes.append("The model before has another shape, other labels or other features: training began from scratch.")
    }
    let order = try order(of: set, notes: &notes)
    let count = trainer.committee.kind == .ensemble ? trainer.committee.size : 1
    var members: [TrainedModel] = []
    for member in 0..<count {
      var own = configuration
      own.seed = configuration.seed &+ UInt64(member) &* 0x9E37_79B9_7F4A_7C15
      let start = trainer.warmStart ? known.flatMap { $0.indices.contains(member) ? $0[member] : nil } : nil
      members.append(
        try Learning.train(
          set, own, options: TrainingOptions(start: start, order: order), pool: .shared,
          progress: { progress((Double(member) + Double($0.epoch) / Double(max(1, $0.epochs))) / Double(count)) },
          isCancelled: isCancelled))
    }
    return Outcome(
      model: RoundModel(members: members, committee: trainer.committee), configuration: configuration, notes: notes)
  }

  /// The networks of the model before, where these can go on from them.
  private func known(as architecture: Architecture) -> [TrainedModel]? {
    guard let previous, previous.featureVersion == features.version,
      previous.labels == project.labels.map(\.id),
      previous.model.members.allSatisfy({ $0.architecture == architecture && $0.inputs == features.view.columns }),
      previous.model.isMultiLabel == (project.task == .multiLabel)
    else { return nil }
    return previous.model.members
  }

  /// The order in which rows are learned: by their loss under the model before, where the project wants that.
  private func order(of set: LabelledSet, notes: inout [String]) throws -> TrainingOrder {
    let curriculum = project.settings.trainer.curriculum
    guard curriculum != .none else { return .shuffled }
    guard let previous, previous.featureVersion == features.version else {
      notes.append("There is no model before that says what is easy: all items were learned in shuffled order.")
      return .shuffled
    }
    let probabilities = try previous.model.plainProbabilities(of: set.features.view)
    let place = Dictionary(uniqueKeysWithValues: previous.labels.enumerated().map { ($0.element, $0.offset) })
    let columns = project.labels.map { place[$0.id] }
    let difficulty = data.training.rows.indices.map { loss(of: $0, probabilities, columns) }
    return .curriculum(difficulty: difficulty, pacing: .init(hardFirst: curriculum == .anti))
  }

  /// The loss of a labelled row; a label that the model before did not know has a probability of next to nothing.
  private func loss(of row: Int, _ probabilities: Matrix, _ columns: [Int?]) -> Float {
    func probability(_ label: Int) -> Float { columns[label].map { probabilities[row, $0] } ?? 0 }
    let smallest: Float = 0x1p-23
    guard !data.training.sets.isEmpty else {
      return -log(max(probability(data.training.classes[row]), smallest))
    }
    let set = Set(data.training.sets[row])
    return columns.indices.reduce(0) { sum, label in
      let p = probability(label)
      return sum - log(max(set.contains(label) ? p : 1 - p, smallest))
    }
  }
}

extension Architecture {
  /// Whether it convolves.
  fileprivate var isConvolutional: Bool { if case .convolutional = self { true } else { false } }
}
