import Tensors
import Testing

@Suite struct TopKTests {
  @Test(
    "The largest values are found in order, whatever their order was",
    arguments: ["random", "rising", "falling", "equal"])
  func agreesWithSorting(order: String) {
    var generator = SeededGenerator(seed: 1)
    let count = 40_000
    let values: [Float] = (0..<count).map { index in
      switch order {
      case "random": Float(generator.index(below: 5000))  // Many ties.
      case "rising": Float(index)
      case "falling": -Float(index)
      default: 3
      }
    }
    for k in [1, 10, 500, 30_000, count] { #expect(topK(values, k: k) == referenceTopK(values, k: k)) }
  }

  @Test("Ties go to the lower index, NaN comes last, and k may exceed the count")
  func edges() {
    #expect(topK([1, 3, 3, 2], k: 3) == [1, 2, 3])
    #expect(topK([.nan, -.infinity, 0, -0.0, .infinity], k: 9) == [4, 2, 3, 1, 0])
    #expect(topK([Float](), k: 3).isEmpty)
    #expect(topK([1, 2], k: 0).isEmpty)
  }

  @Test("A periodic array that misleads the sample still gives the right answer")
  func misledSample() {
    let count = 32_768
    let values = (0..<count).map { $0 % 32 == 0 ? Float($0) : -Float($0) }
    #expect(topK(values, k: 1500) == referenceTopK(values, k: 1500))
  }
}
