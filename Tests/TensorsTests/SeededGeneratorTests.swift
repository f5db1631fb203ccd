import Tensors
import Testing

@Suite struct SeededGeneratorTests {
  @Test("The same seed and stream repeat; another seed or stream does not")
  func repeatability() {
    func draw(_ seed: UInt64, _ stream: UInt64) -> [UInt64] {
      var generator = SeededGenerator(seed: seed, stream: stream)
      return (0..<8).map { _ in generator.next() }
    }
    #expect(draw(7, 3) == draw(7, 3))
    #expect(draw(7, 3) != draw(7, 4))
    #expect(draw(7, 3) != draw(8, 3))
    #expect(draw(3, 7) != draw(7, 3))
  }

  @Test("The numbers are those of an independent implementation of xoshiro256++ seeded by SplitMix64")
  func matchesIndependentImplementation() {
    var generator = SeededGenerator(seed: 42, stream: 9)
    let expected: [UInt64] = [
      0x4B5A1D010F358666,
      0x47E41318338622F3,
      0x83CF3FAE3BA8CA31,
      0x2574EFBEB74D84A2,
    ]
    #expect(expected.allSatisfy { $0 == generator.next() })
  }

  @Test("Uniform and normal draws have the right moments")
  func moments() {
    var generator = SeededGenerator(seed: 11)
    let count = 200_000
    let uniform = (0..<count).map { _ in Double(generator.uniform()) }
    let normal = (0..<count).map { _ in Double(generator.normal()) }
    let uniformMean = uniform.reduce(0, +) / Double(count)
    let normalMean = normal.reduce(0, +) / Double(count)
    let normalSquare = normal.map { $0 * $0 }.reduce(0, +) / Double(count)
    #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(uniformMean - 0.5) < 0.003)
    #expect(abs(normalMean) < 0.01)
    #expect(abs(normalSquare - 1) < 0.02)
  }

  @Test("Indices are uniform below the bound, and a shuffle is a uniform permutation")
  func indicesAndShuffles() {
    var generator = SeededGenerator(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    var firstPlaces = [Int](repeating: 0, count: 4)
    for _ in 0..<40_000 {
      var order = [0, 1, 2, 3]
      generator.shuffle(&order)
      #expect(order.sorted() == [0, 1, 2, 3])
      firstPlaces[order[0]] += 1
    }
    #expect(firstPlaces.allSatisfy { abs($0 - 10_000) < 500 })
  }
}
