import Simulation
import Tensors
import Testing

@Suite struct ReplaySetTests {
  @Test func aSetKeepsWhatItIsGiven() {
    let set = ReplaySet(
      pool: Matrix(rows: 2, columns: 1, values: [1, 2]), poolLabels: [0, 1], test: Matrix(rows: 0, columns: 1),
      testLabels: [], classNames: ["a", "b"])
    #expect(set.pool[1, 0] == 2 && set.classNames.count == 2)
  }
}
