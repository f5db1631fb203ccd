import Foundation
import Tensors
import Testing

@testable import Sampling

/// Strategies that look at what lies around an item, against plain loops.
@Suite struct NeighbourhoodTests {
  @Test func contrastIsTheMeanDivergenceFromTheNearestLabelled() throws {
    let features = scatteredPoints(rows: 90, columns: 5, seed: 1)
    let predictions = randomPredictions(members: 3, items: 90, classes: 4, seed: 2)
    let labelled = Array(60..<90)
    let pool = ScoredPool(
      rows: Array(0..<60), utilities: [Float](repeating: 0, count: 60), members: 3, features: features.view,
      labelledRows: labelled, labelledClasses: [Int](repeating: 0, count: 30), classes: 4,
      model: WrittenModel(predictions: predictions, representations: features))
    let mean = predictions.mean()
    let expected = (0..<60).map { item -> Float in
      let nearest = labelled.sorted {
        squaredDistance(features.view[item], features.view[$0])
          < squaredDistance(features.view[item], features.view[$1])
      }.prefix(4)
      let divergences = nearest.map { neighbour in
        zip(mean.row(neighbour), mean.row(item)).reduce(0.0) { sum, pair in
          let (p, q) = (Double(pair.0), max(Double(pair.1), Double(Float.leastNormalMagnitude)))
          return p > 0 ? sum + p * log(p / q) : sum
        }
      }
      return Float(divergences.reduce(0, +) / 4)
    }
    var generator = SeededGenerator(seed: 1)
    let chosen = try Contrastive(neighbours: 4).select(10, from: pool, using: &generator).chosen
    #expect(chosen.map(\.row) == Array(descendingOrder(expected).prefix(10)))
    #expect(isClose(chosen.map(\.utility), chosen.map { expected[$0.row] }, within: 1e-4))
  }

  @Test func whatContrastLacksIsSaid() throws {
    let features = scatteredPoints(rows: 30, columns: 5, seed: 1)
    let pool = ScoredPool(
      rows: Array(0..<30), utilities: (0..<30).map { Float($0) }, features: features.view, classes: 2)
    var generator = SeededGenerator(seed: 1)
    let selection = try Contrastive().select(2, from: pool, using: &generator)
    #expect(selection.strategyUsed == "margin" && selection.reason != nil && selection.chosen.map(\.row) == [29, 28])
  }

  @Test func densityIsTheMeanSimilarityToTheSample() {
    let features = scatteredPoints(rows: 70, columns: 4, seed: 3)
    let reference = features.gatherRows(Array(0..<21))
    func squared(_ a: Int, _ b: Int) -> Double { Double(squaredDistance(features.view[a], features.view[b])) }
    let pairs = (0..<21).flatMap { a in (0..<a).map { squared(a, $0) } }.sorted()
    let bandwidth = pairs[pairs.count / 2]
    let expected = (21..<70).map { item in
      Float((0..<21).reduce(0.0) { $0 + exp(-squared(item, $1) / bandwidth) } / 21)
    }
    let found = DensityWeighted.densities(of: Array(21..<70), in: features.view, reference: reference)
    #expect(isClose(found, expected, within: 1e-5))
  }

  @Test func densityLeavesStrayItemsAlone() throws {
    // All are as uncertain; ten of them lie far from all others.
    var features = scatteredPoints(rows: 300, columns: 5, seed: 4)
    for row in 290..<300 { for column in 0..<5 { features[row, column] *= 20 } }
    let pool = ScoredPool(
      rows: Array(0..<300), utilities: (0..<300).map { $0 < 290 ? 1 : 1.2 }, features: features.view, classes: 3)
    var generator = SeededGenerator(seed: 1)
    #expect(try DensityWeighted(beta: 0).select(10, from: pool, using: &generator).chosen.allSatisfy { $0.row >= 290 })
    #expect(try DensityWeighted().select(10, from: pool, using: &generator).chosen.allSatisfy { $0.row < 290 })
  }

  @Test func aCoreSetIsTheGreedySolution() throws {
    let features = scatteredPoints(rows: 200, columns: 3, seed: 5)
    let labelled = [3, 50, 120]
    let rows = (0..<200).filter { !labelled.contains($0) }
    let pool = ScoredPool(
      rows: rows, features: features.view, labelledRows: labelled, labelledClasses: [0, 0, 1], classes: 2)
    var generator = SeededGenerator(seed: 1)
    let chosen = try CoreSet().select(15, from: pool, using: &generator).chosen
    let expected = referenceKCentre(features.view, count: 15, among: rows, covered: labelled)
    #expect(chosen.map(\.row) == expected.map(\.row))
    #expect(isClose(chosen.map(\.utility), expected.map(\.distance), within: 1e-3))
  }

  @Test func queriesOfClustersAreNearestToTheirCentres() throws {
    let features = clusteredPoints(clusters: 6, perCluster: 25, columns: 5, spread: 0.2, seed: 6)
    let pool = ScoredPool(rows: Array(0..<150), features: features.view, classes: 3)
    for seed in 0..<5 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let chosen = try KMeansQueries().select(6, from: pool, using: &generator).chosen.map(\.row)
      #expect(Set(chosen.map { $0 / 25 }) == Set(0..<6))
      for row in chosen {
        let members = row / 25 * 25..<(row / 25 + 1) * 25
        let centre = (0..<5).map { column in members.reduce(Float(0)) { $0 + features[$1, column] } / 25 }
        func distance(_ row: Int) -> Float {
          zip(features.row(row), centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        #expect(members.allSatisfy { distance($0) >= distance(row) })
      }
    }
  }

  @Test func weightsSharpenWithTheirExponent() throws {
    // Two equal groups, one half as uncertain: of one question, weights decide which group's side it lies on.
    let values = (0..<20).map { Float($0 < 10 ? 0 : 10) + Float($0 % 10) * 0.01 }
    let pool = ScoredPool(
      rows: Array(0..<20), utilities: (0..<20).map { $0 < 10 ? 0.9 : 0.3 },
      features: Matrix(rows: 20, columns: 1, values: values).view, classes: 2)
    var generator = SeededGenerator(seed: 1)
    let weighted = MarginDiverse(candidateFactor: 20, weightExponent: 8)
    #expect(try weighted.select(1, from: pool, using: &generator).chosen[0].row < 10)
  }
}
