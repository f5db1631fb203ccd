import Tensors
import Testing

@testable import Labeling

/// The compact sets against the plain ones, through random changes.
@Suite struct RowSetTests {
  @Test(arguments: [(300, 1), (70_000, 2), (200_000, 3)] as [(Int, UInt64)])
  func bothDoWhatASetDoes(rows: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var (plain, set, index) = (Set<Int>(), RowSet(), RowIndex())
    // Dense in one part, so that both forms of a chunk are met, and crossed in both directions.
    for step in 0..<30_000 {
      let row = step % 3 == 0 ? generator.index(below: rows) : generator.index(below: min(rows, 9000))
      if generator.index(below: 20_000) > step / 2 {
        let isNew = plain.insert(row).inserted
        #expect(set.insert(row) == isNew && index.insert(row) == isNew)
      } else {
        let wasThere = plain.remove(row) != nil
        #expect(set.remove(row) == wasThere && index.remove(row) == wasThere)
      }
    }
    let sorted = plain.sorted()
    #expect(set.count == plain.count && index.count == plain.count)
    #expect(set.rows == sorted && index.rows == sorted)
    for row in stride(from: 0, to: rows, by: 7) {
      #expect(set.contains(row) == plain.contains(row) && index.contains(row) == plain.contains(row))
    }
    for number in 0...(rows >> 6) {
      let expected = (0..<64).reduce(UInt64(0)) { $0 | (plain.contains(number << 6 | $1) ? 1 << UInt64($1) : 0) }
      #expect(set.word(number) == expected)
    }
  }

  @Test(arguments: [4, 5] as [UInt64]) func theFirstOneIsFound(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let rows = 300_000
    let members = Set((0..<200).map { _ in generator.index(below: rows) })
    let others = Set(members.filter { _ in generator.index(below: 2) == 0 })
    let (index, excluded, sorted) = (RowIndex(members), RowSet(others), members.sorted())
    var steps = 0
    for _ in 0..<2000 {
      let from = generator.index(below: rows + 100)
      #expect(index.first(from: from) == sorted.first { $0 >= from })
      let to = from + generator.index(below: rows)
      let odd = index.first(in: from..<to, notIn: excluded, steps: &steps) { $0 % 2 == 1 }
      #expect(odd == sorted.first { $0 >= from && $0 < to && !others.contains($0) && $0 % 2 == 1 })
    }
    #expect(RowIndex().first(from: 0) == nil && RowIndex([1 << 20]).first(from: 3) == 1 << 20)
  }

  @Test func opinionsTakeFewBytes() {
    // One who answered a million items, and one who answered a thousand of them here and there.
    let all = RowSet(0..<1_000_000)
    #expect(all.count == 1_000_000 && all.bytes <= 140_000)
    let few = RowSet((0..<1000).map { $0 * 997 })
    #expect(few.count == 1000 && few.bytes <= 8_000)
  }
}
