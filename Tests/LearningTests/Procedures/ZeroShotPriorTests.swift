import Foundation
import Learning
import Tensors
import Testing

@Suite struct ZeroShotPriorTests {
  @Test("Probabilities are the softmax of cosines over the temperature")
  func byHand() throws {
    let items = Matrix(rows: 3, columns: 2, values: [3, 0, 1, 1, 0, 0])
    let names = Matrix(rows: 2, columns: 2, values: [2, 0, 0, 0.5])
    let p = try zeroShotPrior(items: items.view, names: names.view, temperature: 0.5)
    #expect(abs(p[0, 0] - 1 / (1 + exp(-2))) < 1e-6)
    #expect(abs(p[1, 0] - 0.5) < 1e-6)
    #expect(p.row(2) == [0.5, 0.5])
  }

  @Test("Items near a name are of that class, at any length of the embeddings; labels are judged beside their mean")
  func nearest() throws {
    var set = Fixtures.blobs(rows: 90, inputs: 20, classes: 3, seed: 1, spread: 0.4)
    var names = Matrix(rows: 3, columns: 20)
    for row in 0..<30 { for column in 0..<20 { names[row % 3, column] += set.features[row, column] } }
    for column in 0..<20 { set.features[4, column] *= 1000 }
    let p = try zeroShotPrior(items: set.features.view, names: names.view)
    #expect(try #require(ClassificationMetrics(probabilities: p, labels: set.labels)).accuracy == 1)
    let several = try zeroShotPrior(items: set.features.view, names: names.view, kind: .sigmoid)
    #expect((0..<90).allSatisfy { several[$0, set.labels[$0]] > 0.5 })
    #expect((0..<90).allSatisfy { several[$0, (set.labels[$0] + 1) % 3] < several[$0, set.labels[$0]] })
  }

  @Test("Bad input is refused with the place where it is")
  func refused() {
    let names = Matrix(rows: 2, columns: 3, repeating: 1)
    #expect(throws: LearningError.widthMismatch(expected: 3, actual: 2)) {
      try zeroShotPrior(items: Matrix(rows: 1, columns: 2).view, names: names.view)
    }
    #expect(throws: LearningError.notFiniteInput(row: 1, column: 2)) {
      try zeroShotPrior(items: Matrix(rows: 2, columns: 3, values: [1, 1, 1, 1, 1, .nan]).view, names: names.view)
    }
    #expect(throws: LearningError.self) {
      try zeroShotPrior(items: names.view, names: Matrix(rows: 0, columns: 3).view)
    }
    #expect(throws: LearningError.self) { try zeroShotPrior(items: names.view, names: names.view, temperature: 0) }
  }
}
