/// A published result of the field, reproduced at a size that a small machine computes in minutes.
public protocol Experiment: Sendable {
  /// The name by which it is asked for.
  static var name: String { get }
  /// What it shows, in one sentence.
  static var summary: String { get }
  /// The paper whose finding it is about.
  static var paper: String { get }

  init()

  /// Runs it, or what of it is not done yet.
  ///
  /// - Throws: ``SimulationError/cancelled(done:runs:)``, with finished runs kept, or what is wrong.
  func run(_ context: ExperimentContext) throws -> ExperimentOutcome
}

/// What an experiment is given.
public struct ExperimentContext: Sendable {
  /// The folder of data sets, which holds `digits` and `mnist`.
  public var data: String
  /// Where finished runs are kept.
  public var directory: String
  /// Seeds; nil: as many as the experiment has by itself.
  public var seeds: Int?
  /// Called as it goes on, from any thread.
  public var progress: @Sendable (SimulationProgress) -> Void
  /// Asked often, from any thread.
  public var isCancelled: @Sendable () -> Bool

  /// Describes where an experiment reads and writes.
  public init(
    data: String, directory: String, seeds: Int? = nil,
    progress: @escaping @Sendable (SimulationProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.data = data
    self.directory = directory
    self.seeds = seeds
    self.progress = progress
    self.isCancelled = isCancelled
  }
}

/// The experiments by name.
public enum ExperimentRegistry {
  /// All of them, in the order in which they are documented.
  public static let all: [any Experiment.Type] = [
    DigitsExperiment.self, UncertaintyExperiment.self, EnsembleExperiment.self, OutlierExperiment.self,
    AugmentationExperiment.self, CurriculumExperiment.self, DistillationExperiment.self, PruningExperiment.self,
    BatchBALDExperiment.self,
  ]

  /// The experiment of that name.
  ///
  /// - Throws: ``SimulationError/parameter(name:reason:)`` with the names that there are.
  public static func make(_ name: String) throws(SimulationError) -> any Experiment {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .parameter(
        name: "experiment", reason: "“\(name)” is not one of \(all.map { $0.name }.joined(separator: ", ")).")
    }
    return found.init()
  }
}
