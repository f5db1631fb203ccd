public import Domain
import Features
import Learning
import Storage
import Tensors

extension LabelingService {
  /// What a project's labels and rounds say when they are looked at together.
  ///
  /// The first call after a round trains some small models to know what labelling at random would have reached, and how
  /// labelled items look to models that did not train on them; later calls find that worked out.
  /// - Complexity: tens of trainings on at most 600 labels, then a read.
  public func insights(in project: ProjectID) async throws -> Insights {
    let definition = try overview(of: project).project
    return try await compute.run { [self] in try InsightWork(service: self, project: definition).run() }
  }

  /// How models that did not train on them see the labelled items of a round, worked out once.
  func dynamics(
    of data: TrainingData, features: PoolFeatures, in project: Project, round: Int, seed: UInt64,
    isCancelled: @Sendable () -> Bool
  ) throws -> TrainingDynamics {
    if let known = insightLibrary.dynamics(of: project.id, round: round), known.rows == data.training.rows {
      return known.dynamics
    }
    let set = data.training.labelledSet(features: features.view, classes: project.labels.count)
    let configuration = project.settings.trainer.configuration(
      classes: set.classes, featurizer: features.featurizer, labels: set.count, seed: seed)
    let dynamics = try outOfFoldDynamics(set, configuration, pool: .shared, isCancelled: isCancelled)
    insightLibrary.keep(
      InsightLibrary.Dynamics(round: round, rows: data.training.rows, dynamics: dynamics), of: project.id)
    return dynamics
  }
}

extension TrainingData.Part {
  /// The items as a learner takes them.
  func labelledSet(features: MatrixView, classes: Int) -> LabelledSet {
    LabelledSet(features: features.gatherRows(rows), targets: targets(labels: classes), classes: classes)
  }

  /// Some of the items.
  func subset(_ places: [Int]) -> TrainingData.Part {
    TrainingData.Part(
      rows: places.map { rows[$0] }, classes: places.map { classes[$0] },
      sets: sets.isEmpty ? [] : places.map { sets[$0] })
  }
}
