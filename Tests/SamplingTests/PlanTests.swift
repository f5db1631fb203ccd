import Sampling
import Tensors
import Testing

/// A whole queue: a batch at its head, a tail by utility, near-duplicates asked once.
@Suite struct PlanTests {
  private func plan(
    _ strategy: any QueryStrategy, head: Int, total: Int, _ pool: ScoredPool, above threshold: Float = 0.98,
    seed: UInt64 = 1
  ) throws -> Selection {
    var generator = SeededGenerator(seed: seed)
    return try strategy.plan(
      head: head, total: total, from: pool, collapseDuplicatesAbove: threshold, using: &generator)
  }

  /// 50 distinct directions, each in 4 copies of different length; copy `i` is a copy of `i % 50`.
  private func duplicatedPool() -> (pool: ScoredPool, features: Matrix) {
    let originals = scatteredPoints(rows: 50, columns: 24, seed: 6)
    var features = Matrix(rows: 200, columns: 24)
    for row in 0..<200 {
      for column in 0..<24 { features[row, column] = originals[row % 50, column] * Float(1 + row / 50) }
    }
    let utilities = (0..<200).map { item -> Float in
      let (original, copy) = (Float(item % 50), Float(item / 50))
      return 1 - original / 100 - copy / 1000
    }
    return (ScoredPool(rows: Array(0..<200), utilities: utilities, features: features.view, classes: 3), features)
  }

  @Test func headThenTailByUtility() throws {
    let features = scatteredPoints(rows: 400, columns: 16, seed: 1)
    let pool = ScoredPool(
      rows: Array(0..<400), utilities: (0..<400).map { Float(($0 * 37) % 400) / 400 }, features: features.view,
      classes: 3)
    for descriptor in StrategyRegistry.all {
      let strategy = try StrategyRegistry.make(name: descriptor.name)
      var generator = SeededGenerator(seed: 1)
      let head = try strategy.select(10, from: pool, using: &generator)
      let selection = try plan(strategy, head: 10, total: 60, pool)
      #expect(selection.chosen.count == 60 && Set(selection.chosen.map(\.row)).count == 60)
      #expect(Array(selection.chosen.prefix(10)) == head.chosen)
      let tail = selection.chosen.dropFirst(10).map(\.utility)
      #expect(tail == tail.sorted(by: >))
      #expect(selection.duplicatesCollapsed == 0)
      #expect(selection.strategyUsed == head.strategyUsed)
    }
  }

  @Test func duplicatesAreAskedOnce() throws {
    let (pool, _) = duplicatedPool()
    let selection = try plan(Margin(), head: 10, total: 30, pool)
    #expect(selection.chosen.map(\.row) == Array(0..<30))
    #expect(selection.collapsed.allSatisfy { $0.row % 50 == $0.standIn % 50 && $0.row != $0.standIn })
    #expect(Set(selection.collapsed.map(\.row)).isDisjoint(with: selection.chosen.map(\.row)))
    #expect(selection.duplicatesCollapsed >= 8)
  }

  @Test func aPoolOfDuplicatesGivesAShortQueueAndSaysSo() throws {
    let (pool, _) = duplicatedPool()
    let selection = try plan(Margin(), head: 10, total: 80, pool)
    #expect(Set(selection.chosen.map { $0.row % 50 }).count == 50 && selection.chosen.count == 50)
    #expect(selection.duplicatesCollapsed == 150)
    #expect(try #require(selection.reason).contains("50 distinct items"))
  }

  @Test func repetitionsFillABatchThatWouldElseBeTooShort() throws {
    let features = Matrix(rows: 100, columns: 9, repeating: 2)
    let utilities = (0..<100).map { Float($0) / 100 }
    let pool = ScoredPool(rows: Array(0..<100), utilities: utilities, features: features.view, classes: 2)
    let selection = try plan(Margin(), head: 10, total: 40, pool)
    #expect(selection.chosen.map(\.row) == Array((90..<100).reversed()))
    #expect(selection.duplicatesCollapsed == 90)
    #expect(try #require(selection.reason).contains("1 distinct"))
    let whole = try plan(Margin(), head: .max, total: .max, pool)
    #expect(Set(whole.chosen.map(\.row)) == Set(0..<100) && whole.chosen.count == 100 && whole.collapsed.isEmpty)
  }

  @Test func duplicatesAcrossBlocksAreFound() throws {
    // 1,200 rows: 600 directions, the copies far behind their originals and several blocks away.
    let originals = scatteredPoints(rows: 600, columns: 32, seed: 6)
    let features = originals.gatherRows(Array(0..<600) + Array(0..<600))
    let pool = ScoredPool(
      rows: Array(0..<1200), utilities: (0..<1200).map { 1 - Float($0) / 1200 }, features: features.view, classes: 2)
    let selection = try plan(Margin(), head: 5, total: 1200, pool)
    #expect(selection.chosen.map(\.row) == Array(0..<600))
    #expect(selection.collapsed == (600..<1200).map { Collapsed(row: $0, standIn: $0 - 600) })
  }

  @Test func aThresholdOfOneCollapsesNothing() throws {
    let (pool, _) = duplicatedPool()
    let selection = try plan(Margin(), head: 10, total: 200, pool, above: 1)
    #expect(selection.chosen.count == 200 && selection.collapsed.isEmpty)
  }

  @Test func zeroVectorsAreNobodysDuplicates() throws {
    let features = Matrix(rows: 40, columns: 12, repeating: 0)
    let pool = ScoredPool(
      rows: Array(0..<40), utilities: [Float](repeating: 0.5, count: 40), features: features.view, classes: 2)
    let selection = try plan(Margin(), head: 10, total: 40, pool)
    #expect(selection.chosen.count == 40 && selection.duplicatesCollapsed == 0)
  }

  @Test func extremeLengthsKeepTheirDirection() throws {
    var features = Matrix(rows: 3, columns: 8, repeating: 1e-30)
    for column in 0..<8 {
      features[1, column] = 1e30
      features[2, column] = column < 4 ? 1 : -1
    }
    let pool = ScoredPool(rows: [0, 1, 2], utilities: [0.9, 0.8, 0.7], features: features.view, classes: 2)
    let selection = try plan(Margin(), head: 1, total: 3, pool)
    #expect(selection.chosen.map(\.row) == [0, 2])
    #expect(selection.collapsed == [Collapsed(row: 1, standIn: 0)])
  }

  @Test func inFewDimensionsTheDirectionAloneProvesNothing() throws {
    let features = Matrix(rows: 4, columns: 1, values: [1, 2, 3, 2.01])
    let pool = ScoredPool(rows: [0, 1, 2, 3], utilities: [0.9, 0.8, 0.7, 0.6], features: features.view, classes: 2)
    let selection = try plan(Margin(), head: 1, total: 4, pool)
    #expect(selection.chosen.map(\.row) == [0, 1, 2])
    #expect(selection.collapsed == [Collapsed(row: 3, standIn: 1)])
  }

  @Test func totalBelowHeadIsTheHead() throws {
    let (pool, _) = duplicatedPool()
    #expect(try plan(Margin(), head: 10, total: 0, pool).chosen.map(\.row) == Array(0..<10))
  }

  @Test func withoutFeaturesNothingIsCollapsed() throws {
    let pool = ScoredPool(rows: Array(0..<50), utilities: (0..<50).map { Float($0) }, classes: 2)
    let selection = try plan(MarginDiverse(), head: 5, total: 20, pool)
    #expect(selection.chosen.map(\.row) == Array((30..<50).reversed()))
  }

  @Test func anEmptyPoolGivesAReason() throws {
    let selection = try plan(Auto(), head: 5, total: 20, ScoredPool(rows: [], classes: 2))
    #expect(selection.chosen.isEmpty && selection.reason != nil)
  }
}
