import Domain
import Tensors
import Testing

@testable import Labeling

@Suite struct PoolIndexTests {
  @Test func countsWhatItHolds() {
    var pool = PoolIndex()
    pool.append(id: 10, row: 0, state: .unlabelled, evaluation: false)
    pool.append(id: 12, row: 2, state: .labelled, evaluation: true)
    pool.append(id: 13, row: 3, state: .unlabelled, evaluation: true)
    #expect(pool.rowCount == 4 && pool.itemCount == 3)
    #expect(!pool.contains(1) && !pool.contains(4) && pool.contains(2))
    #expect(pool.id(2) == ItemID(12))
    #expect(pool.isReserved(2) && !pool.isReserved(0))
    #expect(pool.isOpen(0) && !pool.isOpen(1) && !pool.isOpen(2))
    #expect(pool.candidates() == [0] && pool.openReserve() == [3])
  }

  @Test func movesBetweenStates() {
    var pool = PoolIndex()
    for row in 0..<4 { pool.append(id: Int64(row + 1), row: row, state: .unlabelled, evaluation: row == 3) }
    for (row, state) in ItemState.allCases.enumerated() {
      pool.set(state, row: row)
      #expect(pool.state(row) == state)
    }
    #expect(pool.isReserved(3))
    #expect(ItemState.allCases.map { pool.counts[$0, default: 0] } == [1, 1, 1, 1])
    pool.remove(row: 3)
    #expect(pool.counts[.excluded] == 0 && pool.itemCount == 3 && !pool.contains(3))
    pool.addOpinion(row: 1, 1)
    pool.addOpinion(row: 1, 1)
    pool.addOpinion(row: 1, -1)
    #expect(pool.opinions == [0, 1, 0, 0])
  }
}

@Suite struct EvaluationReserveTests {
  @Test func drawsEachRowOnce() {
    var reserve = EvaluationReserve(rows: Array(0..<50))
    reserve.append(50)
    var generator = SeededGenerator(seed: 3)
    var drawn: [Int] = []
    while let row = reserve.draw(using: &generator) { drawn.append(row) }
    #expect(drawn.sorted() == Array(0...50) && drawn != drawn.sorted())
    #expect(reserve.count == 0)
  }

  @Test func drawsUniformly() {
    var first = [Int](repeating: 0, count: 10)
    for seed in 0..<5000 {
      var reserve = EvaluationReserve(rows: Array(0..<10))
      var generator = SeededGenerator(seed: UInt64(seed))
      if let row = reserve.draw(using: &generator) { first[row] += 1 }
    }
    // 500 expected; six standard deviations.
    for count in first { #expect(abs(count - 500) < 130) }
  }
}

@Suite struct ReturnedRowsTests {
  @Test func comesBackOldestFirstAndSkipsWhatHasClosed() {
    var rows = ReturnedRows()
    for row in 0..<6 { rows.append(row, Provenance(strategy: "s\(row)")) }
    #expect(rows.take(isLive: { $0 > 1 }, isWanted: { $0 > 1 })?.row == 2)
    // One that is live but not for this annotator stays for others.
    #expect(rows.take(isLive: { _ in true }, isWanted: { $0 == 4 })?.provenance.strategy == "s4")
    rows.removeAll { row, _ in row == 3 }
    #expect(rows.take(isLive: { _ in true }, isWanted: { _ in true })?.row == 5)
    #expect(rows.take(isLive: { _ in true }, isWanted: { _ in true }) == nil)
  }

  @Test func staysInOrderWhenItIsLong() {
    var rows = ReturnedRows()
    var taken: [Int] = []
    for row in 0..<1000 {
      rows.append(row, Provenance(strategy: "s"))
      if row % 2 == 1, let choice = rows.take(isLive: { _ in true }, isWanted: { _ in true }) {
        taken.append(choice.row)
      }
    }
    while let choice = rows.take(isLive: { _ in true }, isWanted: { _ in true }) { taken.append(choice.row) }
    #expect(taken == Array(0..<1000))
  }
}
