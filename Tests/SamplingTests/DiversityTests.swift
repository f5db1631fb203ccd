import Sampling
import Tensors
import Testing

/// Batches that spread: over the clusters of what is uncertain, and over the clusters of what is unlabelled.
@Suite struct DiversityTests {
  /// 10 clusters of 30 near-copies; cluster 0 is the most uncertain, the others follow closely.
  private func redundantPool() -> (pool: ScoredPool, features: Matrix) {
    let features = clusteredPoints(clusters: 10, perCluster: 30, columns: 8, spread: 0.01, seed: 4)
    let utilities = (0..<300).map { item -> Float in
      let (cluster, place) = (Float(item / 30), Float(item % 30))
      return 0.9 - cluster * 0.01 - place * 0.0001
    }
    return (ScoredPool(rows: Array(0..<300), utilities: utilities, features: features.view, classes: 3), features)
  }

  @Test func marginTakesOneClusterAndItsDiverseFormAll() throws {
    let (pool, _) = redundantPool()
    var generator = SeededGenerator(seed: 1)
    let plain = try Margin().select(10, from: pool, using: &generator)
    #expect(Set(plain.chosen.map { $0.row / 30 }) == [0])
    for seed in 0..<5 {
      var generator = SeededGenerator(seed: UInt64(seed))
      // 30 candidates an item: everything is a candidate.
      let diverse = try MarginDiverse(candidateFactor: 30).select(10, from: pool, using: &generator)
      #expect(Set(diverse.chosen.map { $0.row / 30 }) == Set(0..<10))
      #expect(diverse.strategyUsed == "margin_diverse")
      #expect(diverse.chosen.map(\.utility) == diverse.chosen.map(\.utility).sorted(by: >))
    }
  }

  @Test func onlyTheMostUncertainAreCandidates() throws {
    let (pool, _) = redundantPool()
    var generator = SeededGenerator(seed: 1)
    let chosen = try MarginDiverse(candidateFactor: 6).select(10, from: pool, using: &generator).chosen
    #expect(Set(chosen.map { $0.row / 30 }) == [0, 1])
  }

  @Test func identicalItemsStillFillTheBatch() throws {
    let features = Matrix(rows: 100, columns: 4, repeating: 1)
    let pool = ScoredPool(
      rows: Array(0..<100), utilities: [Float](repeating: 0, count: 100), features: features.view, classes: 2)
    for strategy in [MarginDiverse(), TypiClust()] as [any QueryStrategy] {
      var generator = SeededGenerator(seed: 1)
      #expect(Set(try strategy.select(12, from: pool, using: &generator).chosen.map(\.row)).count == 12)
    }
  }

  @Test func batchesBeyondTheMostClustersAreFilled() throws {
    let features = scatteredPoints(rows: 1500, columns: 4, seed: 3)
    let pool = ScoredPool(
      rows: Array(0..<1500), utilities: (0..<1500).map { Float($0) / 1500 }, features: features.view, classes: 2)
    for strategy in [MarginDiverse(candidateFactor: 2), TypiClust(maxClusters: 20)] as [any QueryStrategy] {
      var generator = SeededGenerator(seed: 1)
      #expect(Set(try strategy.select(600, from: pool, using: &generator).chosen.map(\.row)).count == 600)
    }
  }

  @Test func missingFeaturesAreSaid() throws {
    let pool = ScoredPool(rows: Array(0..<30), utilities: (0..<30).map { Float($0) / 30 }, classes: 2)
    var generator = SeededGenerator(seed: 1)
    let diverse = try MarginDiverse().select(3, from: pool, using: &generator)
    #expect(diverse.strategyUsed == "margin" && diverse.chosen.map(\.row) == [29, 28, 27])
    #expect(try #require(diverse.reason).contains("features"))
    let typical = try TypiClust().select(3, from: pool, using: &generator)
    #expect(typical.strategyUsed == "random" && typical.reason != nil)
  }

  @Test func typicalItemsCoverTheClusters() throws {
    let features = clusteredPoints(clusters: 8, perCluster: 40, columns: 6, spread: 0.3, seed: 7)
    let pool = ScoredPool(rows: Array(0..<320), features: features.view, classes: 8)
    for seed in 0..<5 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let selection = try TypiClust().select(8, from: pool, using: &generator)
      #expect(Set(selection.chosen.map { $0.row / 40 }).count >= 7)
      #expect(selection.chosen.allSatisfy { (0...1).contains($0.utility) })
    }
  }

  @Test func clustersWithLabelsComeLast() throws {
    let features = clusteredPoints(clusters: 6, perCluster: 40, columns: 6, spread: 0.01, seed: 7)
    // The first item of clusters 0, 1 and 2 is labelled; 3 questions go to 3, 4 and 5.
    let labelled = [0, 40, 80]
    let pool = ScoredPool(
      rows: Array(0..<240).filter { !labelled.contains($0) }, features: features.view, labelledRows: labelled,
      labelledClasses: [0, 1, 2], classes: 3)
    for seed in 0..<5 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let chosen = try TypiClust().select(3, from: pool, using: &generator).chosen
      #expect(Set(chosen.map { $0.row / 40 }) == [3, 4, 5])
    }
  }

  @Test func theLargestClusterComesFirst() throws {
    // Sizes 10, 50 and 20 on a line, far apart.
    let sizes = [10, 50, 20]
    var generator = SeededGenerator(seed: 3)
    let values = sizes.enumerated().flatMap { place, size in
      (0..<size).map { _ in Float(place) * 100 + generator.uniform() }
    }
    let features = Matrix(rows: 80, columns: 1, values: values)
    let pool = ScoredPool(rows: Array(0..<80), features: features.view, classes: 3)
    let chosen = try TypiClust().select(3, from: pool, using: &generator).chosen
    #expect(chosen.map { Int(values[$0.row] / 100) } == [1, 2, 0])
  }

  @Test func theMostTypicalItemIsTheDensest() throws {
    // Row 0 sits among five close items, rows 6 to 9 lie apart; with one cluster the densest is asked first.
    let values: [Float] = [0, 0.1, -0.1, 0.2, -0.2, 0.15, 5, -5, 7, -7]
    let features = Matrix(rows: 10, columns: 1, values: values)
    let pool = ScoredPool(rows: Array(0..<10), features: features.view, classes: 2)
    var generator = SeededGenerator(seed: 1)
    let chosen = try TypiClust(neighbours: 3).select(1, from: pool, using: &generator).chosen
    // Mean distances to the 3 nearest by hand: row 0 (0.1 + 0.1 + 0.15) / 3, row 1 (0.05 + 0.1 + 0.1) / 3, which is least.
    #expect(chosen.map(\.row) == [1])
    #expect(isClose(chosen.map(\.utility), [1 / (1 + 0.25 / 3)], within: 1e-5))
  }
}
