import Tensors
import Testing

@testable import Sampling

/// Gradients in two factors are the gradients, and draws follow the law of k-means++.
@Suite struct BadgeTests {
  private func probabilities(_ rows: Int, _ classes: Int, seed: UInt64) -> Matrix {
    randomPredictions(members: 1, items: rows, classes: classes, seed: seed).mean()
  }

  /// `(p − e_ŷ) ⊗ h` of every item, written out.
  private func materialised(_ probabilities: Matrix, _ hidden: Matrix) -> [[Double]] {
    (0..<probabilities.rows).map { row in
      var error = probabilities.row(row).map(Double.init)
      let likeliest = error.indices.reduce(0) { error[$1] > error[$0] ? $1 : $0 }
      error[likeliest] -= 1
      return error.flatMap { a in hidden.row(row).map { a * Double($0) } }
    }
  }

  private func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  @Test func distancesAreThoseOfTheGradients() {
    let (p, h) = (probabilities(700, 5, seed: 1), scatteredPoints(rows: 700, columns: 9, seed: 2))
    let gradients = GradientEmbedding(probabilities: p, hidden: h)
    let reference = materialised(p, h)
    let centres = [3, 500, 42]
    var bounds = [Float](repeating: .infinity, count: 700)
    gradients.lower(&bounds, toDistancesFrom: centres, pool: .shared)
    for item in 0..<700 {
      let expected = centres.map { squaredDistance(reference[item], reference[$0]) }
      #expect((Double(bounds[item]) - (expected.min() ?? 0)).magnitude < 1e-4)
      #expect((Double(gradients.squaredDistance(item, 42)) - expected[2]).magnitude < 1e-4)
    }
    #expect(bounds[500] == 0 && gradients.squaredDistance(42, 42) == 0)
  }

  @Test func drawsFollowTheSquaredDistanceToAllThatIsDrawn() {
    let (p, h) = (probabilities(8, 3, seed: 5), scatteredPoints(rows: 8, columns: 4, seed: 6))
    let gradients = GradientEmbedding(probabilities: p, hidden: h)
    let reference = materialised(p, h)
    var third = [Double](repeating: 0, count: 8)
    var expected = [Double](repeating: 0, count: 8)
    let trials = 20_000
    for trial in 0..<trials {
      var generator = SeededGenerator(seed: 3, stream: UInt64(trial))
      var sampler = GradientSampler(gradients: gradients, first: 2, pool: nil)
      guard let second = sampler.draw(using: &generator), let last = sampler.draw(using: &generator) else {
        Issue.record("nothing was drawn")
        return
      }
      third[last] += 1
      // What the law says about the third given the second that was drawn.
      let distances = reference.map {
        min(squaredDistance($0, reference[2]), squaredDistance($0, reference[second]))
      }
      let total = distances.reduce(0, +)
      for item in 0..<8 { expected[item] += distances[item] / total }
    }
    for item in 0..<8 {
      // Five standard deviations of a count.
      let tolerance = 5 * (max(expected[item], 1) * (1 - expected[item] / Double(trials))).squareRoot() + 1
      #expect((third[item] - expected[item]).magnitude < tolerance)
    }
  }

  @Test func aBatchSpreadsOverDirections() throws {
    // Twelve directions of 30 near-copies: k-means++ takes hardly any twice.
    let hidden = clusteredPoints(clusters: 12, perCluster: 30, columns: 16, spread: 0.01, seed: 3)
    let unsure = predictions([[Float]](repeating: [0.5, 0.5], count: 360))
    let pool = ScoredPool(
      rows: Array(0..<360), utilities: [Float](repeating: 1, count: 360), features: hidden.view, classes: 2,
      model: WrittenModel(predictions: unsure, representations: hidden))
    for seed in 0..<5 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let selection = try Badge().select(12, from: pool, using: &generator)
      #expect(Set(selection.chosen.map { $0.row / 30 }).count == 12)
      #expect(selection.strategyUsed == "badge")
    }
  }

  @Test func sureItemsAreLeftAlone() throws {
    let hidden = scatteredPoints(rows: 100, columns: 6, seed: 3)
    let rows = (0..<100).map { item -> [Float] in item < 90 ? [1, 0, 0] : [0.4, 0.3, 0.3] }
    let pool = ScoredPool(
      rows: Array(0..<100), utilities: [Float](repeating: 0, count: 100), classes: 3,
      model: WrittenModel(predictions: predictions(rows), representations: hidden))
    var generator = SeededGenerator(seed: 1)
    let chosen = try Badge().select(10, from: pool, using: &generator).chosen
    // Nine or ten of the unsure: one sure item, whose gradient is 0, may stand for all of them.
    #expect(chosen.filter { $0.row >= 90 }.count >= 9)
  }

  @Test func withoutAModelMarginStandsIn() throws {
    let pool = ScoredPool(rows: Array(0..<30), utilities: (0..<30).map { Float($0) / 30 }, classes: 2)
    var generator = SeededGenerator(seed: 1)
    let selection = try Badge().select(3, from: pool, using: &generator)
    #expect(selection.strategyUsed == "margin" && selection.reason != nil)
    #expect(selection.chosen.map(\.row) == [29, 28, 27])
  }
}
