import Domain
import Tensors
import Testing

@testable import Labeling

@Suite struct ReturnedRowsForSeveralTests {
  @Test func everybodyPassesAnEntryOnce() {
    var rows = ReturnedRows()
    for row in 0..<1000 { rows.append(row, Provenance(strategy: "s")) }
    let (ann, bob) = (UserID(1), UserID(2))
    // None is for ann: she looks at all of them once.
    for _ in 0..<50 { #expect(rows.take(for: ann, isLive: { _ in true }, isWanted: { _ in false }) == nil) }
    #expect(rows.steps == 1000)
    // One that comes back is the only one that she looks at again.
    rows.append(7, Provenance(strategy: "again"))
    #expect(rows.take(for: ann, isLive: { _ in true }, isWanted: { _ in true })?.provenance.strategy == "again")
    #expect(rows.steps == 1001)
    // Bob begins at the beginning; the entry that she took is gone for him.
    let taken = (0..<999).compactMap { _ in
      rows.take(for: bob, isLive: { _ in true }, isWanted: { _ in true })?.row
    }
    #expect(taken == (0..<1000).filter { $0 != 7 } && rows.count == 0)
    rows.append(3, Provenance(strategy: "late"))
    rows.rewind()
    #expect(rows.take(for: ann, isLive: { _ in true }, isWanted: { _ in true })?.row == 3)
  }

  @Test func memoryStaysAsLargeAsWhatWaits() {
    var rows = ReturnedRows()
    rows.append(1_000_000, Provenance(strategy: "nobody's"))
    for row in 0..<20_000 {
      rows.append(row % 100, Provenance(strategy: "s"))
      #expect(
        rows.take(for: UserID(Int64(row % 5)), isLive: { _ in true }, isWanted: { $0 < 1000 })?.row == row % 100)
    }
    #expect(rows.count == 1)
    // Without compaction somebody new would walk over all that was ever given back.
    let before = rows.steps
    #expect(rows.take(for: UserID(99), isLive: { _ in true }, isWanted: { $0 < 1000 }) == nil)
    #expect(rows.steps - before < 140)
  }

  @Test func whatIsKeptForOthersGoesToEachOnce() {
    var rows = ReturnedRows()
    for row in 0..<10 { rows.append(row, Provenance(strategy: "overlap")) }
    for user in 1...3 {
      let taken = (0..<11).compactMap { _ in
        rows.take(for: UserID(Int64(user)), keepsIt: true, isLive: { $0 != 4 }, isWanted: { _ in true })?.row
      }
      #expect(taken == [0, 1, 2, 3, 5, 6, 7, 8, 9])
    }
  }
}

@Suite struct ExpiryQueueTests {
  @Test func endsComeInOrderWhateverTheOrderOfLeases() {
    var generator = SeededGenerator(seed: 8)
    var queue = ExpiryQueue()
    var moments: [Int64] = []
    for number in 0..<500 {
      let moment = Int64(generator.index(below: 300))
      moments.append(moment)
      queue.insert(Self.lease(number, endsAt: moment))
    }
    #expect(queue.earliest.milliseconds == moments.min())
    var popped: [Int64] = []
    for now in stride(from: Int64(0), through: 300, by: 25) {
      while let id = queue.popFirst(by: Timestamp(milliseconds: now)) {
        popped.append(moments[Int(id.rawValue)])
        #expect(moments[Int(id.rawValue)] <= now)
      }
      #expect(queue.earliest.milliseconds > now)
    }
    #expect(popped == moments.sorted() && queue.count == 0 && queue.earliest.milliseconds == .max)
    queue.replace(with: (0..<9).map { Self.lease($0, endsAt: Int64(9 - $0)) })
    #expect(queue.popFirst(by: Timestamp(milliseconds: 5)) == LeaseID(8))
  }

  private static func lease(_ number: Int, endsAt moment: Int64) -> Lease {
    Lease(
      id: LeaseID(Int64(number)), item: ItemID(1), row: number, annotator: UserID(1),
      expiresAt: Timestamp(milliseconds: moment), provenance: Provenance(strategy: "random"))
  }
}

@Suite struct UrgentRowsTests {
  @Test func theOldestComesFirst() {
    var rows = UrgentRows(Array(0..<500))
    for row in 500..<1000 { rows.append(row) }
    var taken: [Int] = []
    while let row = rows.popFirst() { taken.append(row) }
    #expect(taken == Array(0..<1000) && rows.isEmpty)
  }
}
