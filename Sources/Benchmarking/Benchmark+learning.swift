import Foundation
import Learning
import Sampling
import Tensors

extension Benchmark {
  /// The strategy `k_means` with every row as a candidate, as other programs have it, and the inertia of its clusters.
  func kMeansQuery() throws -> BenchmarkResult {
    var result = try query("k_means", parameters: ["max_candidates": 10_000_000], workload: "kmeans")
    var generator = SeededGenerator(seed: 7)
    let clusters = kMeans(
      pool.features.gatherRows(pool.candidates).view, clusters: batch, maxIterations: 20, using: &generator,
      pool: .shared)
    result.figures["iterations"] = Double(clusters.iterations)
    result.figures["inertia"] = clusters.distances.reduce(0) { $0 + Double($1) * Double($1) }
    return result
  }

  /// Training of a perceptron with one hidden layer of 256 on 2,000 rows, 50 epochs of Adam in mini-batches of 32.
  func perceptronTraining() throws -> BenchmarkResult {
    let configuration = TrainingConfiguration(
      architecture: .perceptron(hidden: [256], dropout: 0), epochs: 50, minimumSteps: 1, batchSize: 32,
      learningRate: 0.001, l2: 0, seed: 1)
    return try training("train", on: pool.trainingSet(2000), configuration)
  }

  /// Training of softmax regression on 2,000 rows by L-BFGS until the gradient is small.
  func linearTraining() throws -> BenchmarkResult {
    // The penalty of scikit-learn's C = 1: its loss is a sum over rows, this one a mean.
    let configuration = TrainingConfiguration(
      architecture: .linear, epochs: 100, minimumSteps: 1, optimizer: .lbfgs(), l2: 1 / 2000, seed: 1)
    return try training("train_linear", on: pool.trainingSet(2000), configuration)
  }

  /// Training of the small convolutional network on 1,000 pictures of 28 × 28, 20 epochs.
  func convolutionalTraining() throws -> BenchmarkResult {
    let configuration = TrainingConfiguration(
      architecture: .convolutional(ConvolutionalShape(height: 28, width: 28)), epochs: 20, minimumSteps: 1,
      batchSize: 32, learningRate: 0.001, l2: 0, seed: 1)
    return try training("train_cnn", on: try pictures(), configuration)
  }

  private func training(
    _ name: String, on set: LabelledSet, _ configuration: TrainingConfiguration
  ) throws -> BenchmarkResult {
    var figures: [String: Double] = [:]
    let runs = try (0..<repetitions).map { _ in
      try ResourceUse.measure {
        let model = try Learning.train(set, configuration, pool: .shared)
        figures["loss"] = model.finalLoss
        figures["epochs"] = Double(model.epochsRun)
      }
    }
    return BenchmarkResult(workload: name, runs: runs, peakMemory: ResourceUse.peakMemory, figures: figures)
  }

  /// The pictures of the folder, `pictures.f32` `(1000, 784)` and `pictures.i64`.
  private func pictures() throws -> LabelledSet {
    let base = URL(filePath: folder ?? ".", directoryHint: .isDirectory)
    let pixels = try Data(contentsOf: base.appending(path: "pictures.f32"))
    let classes = try Data(contentsOf: base.appending(path: "pictures.i64"))
    var features = Matrix(rows: pixels.count / (4 * 784), columns: 784)
    features.withUnsafeMutableBufferPointer { _ = pixels.copyBytes(to: $0) }
    let labels = classes.withUnsafeBytes { raw in
      (0..<features.rows).map { Int(raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
    }
    return LabelledSet(features: features, labels: labels, classes: 10)
  }
}
