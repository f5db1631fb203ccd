import Learning
import Sampling
import Tensors

extension Benchmark {
  /// k-means of the whole pool into as many clusters as the batch has items, and the candidate nearest to each centre.
  func kMeansQuery() throws -> BenchmarkResult {
    let features = pool.features.gatherRows(pool.candidates)
    let rows = pool.candidates
    var chosen: [Int] = []
    var figures: [String: Double] = [:]
    let runs = (0..<repetitions).map { _ in
      ResourceUse.measure {
        var generator = SeededGenerator(seed: 7)
        let clusters = kMeans(features.view, clusters: batch, maxIterations: 300, using: &generator, pool: .shared)
        var nearest = [(distance: Float, row: Int)](repeating: (.infinity, 0), count: clusters.centers.rows)
        for (point, cluster) in clusters.assignment.enumerated()
        where clusters.distances[point] < nearest[cluster].distance {
          nearest[cluster] = (clusters.distances[point], rows[point])
        }
        chosen = nearest.map(\.row)
        figures["iterations"] = Double(clusters.iterations)
        figures["inertia"] = clusters.distances.reduce(0) { $0 + Double($1) * Double($1) }
      }
    }
    return BenchmarkResult(
      workload: "kmeans", runs: runs, peakMemory: ResourceUse.peakMemory, chosen: chosen, figures: figures)
  }

  /// Training of a perceptron with one hidden layer of 256 on 2,000 rows, 50 epochs of Adam in mini-batches of 32.
  func training() throws -> BenchmarkResult {
    let set = pool.trainingSet(2000)
    let configuration = TrainingConfiguration(
      architecture: .perceptron(hidden: [256], dropout: 0), epochs: 50, minimumSteps: 1, batchSize: 32,
      learningRate: 0.001, seed: 1)
    var figures: [String: Double] = [:]
    let runs = try (0..<repetitions).map { _ in
      try ResourceUse.measure {
        let model = try Learning.train(set, configuration, pool: .shared)
        figures["loss"] = model.finalLoss
        figures["operations"] = model.trainingFLOPs
      }
    }
    return BenchmarkResult(workload: "train", runs: runs, peakMemory: ResourceUse.peakMemory, figures: figures)
  }
}
