import Sampling
import Tensors
import Testing

/// The order of a queue's tail: by utility, ties by the seed.
@Suite struct RankingTests {
  private func ranked(_ pool: ScoredPool, _ count: Int, excluding: Set<Int> = [], seed: UInt64 = 1) -> [Ranked] {
    var generator = SeededGenerator(seed: seed)
    return pool.ranked(count, excluding: excluding, using: &generator)
  }

  @Test func fallsWithUtility() {
    let pool = ScoredPool(rows: [7, 3, 9, 1], utilities: [0.2, 0.9, 0.4, 0.1], classes: 2)
    #expect(
      ranked(pool, 3) == [Ranked(row: 3, utility: 0.9), Ranked(row: 9, utility: 0.4), Ranked(row: 7, utility: 0.2)])
    #expect(ranked(pool, 10).map(\.row) == [3, 9, 7, 1])
    #expect(ranked(pool, 0).isEmpty)
  }

  @Test func leavesOutWhatIsTaken() {
    let pool = ScoredPool(rows: Array(0..<100), utilities: (0..<100).map { Float($0) }, classes: 2)
    #expect(ranked(pool, 3, excluding: [99, 97, 500]).map(\.row) == [98, 96, 95])
    #expect(ranked(pool, 200, excluding: [99]).count == 99)
  }

  @Test func tiesAtTheEdgeAreDrawnUniformly() {
    // 3 certain winners, and 2 of 10 equals: over many seeds each equal is drawn about equally often.
    let utilities = [Float](repeating: 0.5, count: 10) + [0.9, 0.8, 0.7] + [Float](repeating: 0.1, count: 20)
    let pool = ScoredPool(rows: Array(0..<33), utilities: utilities, classes: 2)
    var drawn = [Int](repeating: 0, count: 33)
    for seed in 0..<2000 {
      let rows = ranked(pool, 5, seed: UInt64(seed)).map(\.row)
      #expect(Array(rows.prefix(3)) == [10, 11, 12])
      for row in rows { drawn[row] += 1 }
    }
    // 400 expected, standard deviation 18.
    #expect(drawn[0..<10].allSatisfy { (310...490).contains($0) })
    #expect(drawn[13...].allSatisfy { $0 == 0 })
  }

  @Test func withoutUtilitiesEveryCandidateIsAsLikely() {
    let pool = ScoredPool(rows: Array(0..<1000), classes: 2)
    let (first, second) = (ranked(pool, 200, seed: 1).map(\.row), ranked(pool, 200, seed: 2).map(\.row))
    #expect(Set(first).count == 200 && first != second)
    let mean = Double(first.reduce(0, +)) / 200
    #expect((mean - 499.5).magnitude < 100)
    #expect(first != first.sorted())
  }

  @Test func agreesWithSortingOnALargePool() {
    var generator = SeededGenerator(seed: 3)
    // Coarse values, so that there are ties everywhere.
    let utilities = (0..<50_000).map { _ in Float(generator.index(below: 500)) / 500 }
    let pool = ScoredPool(rows: Array(0..<50_000), utilities: utilities, classes: 2)
    let chosen = ranked(pool, 1234)
    #expect(Set(chosen.map(\.row)).count == 1234)
    #expect(chosen.map(\.utility) == Array(utilities.sorted(by: >).prefix(1234)))
    #expect(chosen.allSatisfy { utilities[$0.row] == $0.utility })
  }
}
