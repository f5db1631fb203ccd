public import Foundation
public import Learning
import Sampling
import Tensors

/// What one workload took, over several runs in one process.
public struct BenchmarkResult: Codable, Sendable {
  /// The workload's name: that of a strategy, or `kmeans`, `train_…`, `limit_…`.
  public let workload: String
  /// Every run, in order; the first warms caches.
  public let runs: [ResourceUse]
  /// The process's peak of resident memory so far, in bytes.
  public let peakMemory: Int
  /// What the work gave, so that programs can be compared by more than time: rows chosen.
  public var chosen: [Int] = []
  /// Further figures: operations, bytes, inertia, accuracy.
  public var figures: [String: Double] = [:]
}

/// The workloads that are compared with other programs.
public struct Benchmark: Sendable {
  let pool: BenchmarkPool
  let folder: String?
  let model: TrainedModel
  let batch: Int
  let passes: Int
  let repetitions: Int

  /// Prepares workloads over a pool.
  ///
  /// - Parameters:
  ///   - folder: where the pictures of `train_cnn` lie; nil: they are drawn.
  ///   - model: scores the pool; nil trains one on 2,000 rows, 128 hidden units with dropout 0.5.
  ///   - batch: how many items a query chooses.
  ///   - passes: of Monte-Carlo dropout, for strategies over a committee.
  ///   - repetitions: runs of each workload.
  /// - Throws: ``LearningError`` where the labelled rows cannot be trained on.
  public init(
    pool: BenchmarkPool, folder: String? = nil, model: TrainedModel? = nil, batch: Int = 100, passes: Int = 20,
    repetitions: Int = 5
  ) throws {
    self.pool = pool
    self.folder = folder
    self.model = try model ?? Self.train(on: pool)
    self.batch = batch
    self.passes = passes
    self.repetitions = repetitions
  }

  /// The model as a file that other programs can load.
  public func modelFile() throws -> Data { Data(try model.safetensors()) }

  private static func train(on pool: BenchmarkPool) throws -> TrainedModel {
    try Learning.train(
      pool.trainingSet(2000), TrainingConfiguration(architecture: .perceptron(hidden: [128], dropout: 0.5), seed: 1),
      pool: .shared)
  }

  /// Runs one workload.
  ///
  /// - Throws: ``BenchmarkError/unknownWorkload(_:)``, and what the work throws.
  public func run(_ workload: String) throws -> BenchmarkResult {
    switch workload {
    case "kmeans": return try kMeansQuery()
    case "train": return try perceptronTraining()
    case "train_cnn": return try convolutionalTraining()
    case "train_linear": return try linearTraining()
    case "limits": return limits()
    default: return try query(workload, parameters: [:], workload: workload)
    }
  }

  /// A query by the strategy of a name.
  func query(_ name: String, parameters: [String: Double], workload: String) throws -> BenchmarkResult {
    guard let strategy = try? StrategyRegistry.make(name: name, parameters: parameters) else {
      throw BenchmarkError.unknownWorkload(name)
    }
    let query = QueryWorkload(
      strategy: strategy, model: model, pool: pool, candidates: pool.candidates, batch: batch, passes: passes)
    var chosen: [Int] = []
    let runs = try (0..<repetitions).map { _ in
      try ResourceUse.measure { chosen = try query.run(seed: 7) }
    }
    return BenchmarkResult(workload: workload, runs: runs, peakMemory: ResourceUse.peakMemory, chosen: chosen)
  }
}
