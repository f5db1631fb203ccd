import Simulation
import Tensors
import Testing

/// Mixing items into a pool that no model can learn.
@Suite struct PlantingTests {
  private let pool: Matrix = {
    var generator = SeededGenerator(seed: 1)
    return Matrix(rows: 300, columns: 8, values: (0..<2400).map { _ in generator.uniform() })
  }()

  @Test func theShareIsThatOfTheResultingPool() {
    let labels = (0..<300).map { $0 % 3 }
    let planted = PlantedOutliers.plant(into: pool, labels: labels, classes: 3, share: 0.4, seed: 2)
    #expect(planted.features.rows == 500 && planted.labels.count == 500)
    #expect(planted.isOutlier == (0..<500).map { $0 >= 300 })
    #expect(Array(planted.labels.prefix(300)) == labels)
    #expect((0..<300).allSatisfy { planted.features.row($0) == pool.row($0) })
    #expect(Set(planted.labels[300...]) == [0, 1, 2])
    let none = PlantedOutliers.plant(into: pool, labels: labels, classes: 3, share: 0, seed: 2)
    #expect(none.features == pool && !none.isOutlier.contains(true))
  }

  @Test func halfArePermutedCopiesAndHalfNearBlank() throws {
    let planted = PlantedOutliers.plant(
      into: pool, labels: .init(repeating: 0, count: 300), classes: 2, share: 0.4, seed: 2)
    let originals = Set((0..<300).map { pool.row($0).sorted() })
    #expect((300..<400).allSatisfy { originals.contains(planted.features.row($0).sorted()) })
    let blanks = (400..<500).flatMap { planted.features.row($0) }
    let mean = blanks.reduce(0, +) / Float(blanks.count)
    let spread = (blanks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(blanks.count)).squareRoot()
    #expect((mean - 0.5).magnitude < 0.02 && (spread - 0.12).magnitude < 0.02)
    #expect(blanks.allSatisfy { (0...1).contains($0) })
  }

  @Test func componentsAreOrthogonalAndKeepTheVariance() {
    var generator = SeededGenerator(seed: 4)
    // Three wide directions in twelve columns, and a little noise.
    let directions = (0..<3).map { _ in (0..<12).map { _ in generator.normal() } }
    var values: [Float] = []
    for _ in 0..<200 {
      let weights = [9 * generator.normal(), 4 * generator.normal(), 2 * generator.normal()]
      for column in 0..<12 {
        values.append((0..<3).reduce(5) { $0 + weights[$1] * directions[$1][column] } + 0.01 * generator.normal())
      }
    }
    let rows = Matrix(rows: 200, columns: 12, values: values)
    let scores = principalComponents(rows.view, count: 3, seed: 1)
    func product(_ a: Int, _ b: Int) -> Double {
      (0..<200).reduce(0) { $0 + Double(scores[$1, a]) * Double(scores[$1, b]) }
    }
    #expect(product(0, 0) > product(1, 1) && product(1, 1) > product(2, 2))
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
      #expect(product(a, b).magnitude < 1e-3 * (product(a, a) * product(b, b)).squareRoot())
    }
    let means = (0..<12).map { column in (0..<200).reduce(0.0) { $0 + Double(rows[$1, column]) } / 200 }
    let total = (0..<200).reduce(0.0) { sum, row in
      sum + (0..<12).reduce(0.0) { $0 + (Double(rows[row, $1]) - means[$1]) * (Double(rows[row, $1]) - means[$1]) }
    }
    #expect(product(0, 0) + product(1, 1) + product(2, 2) > 0.999 * total)
    #expect(principalComponents(rows.view, count: 50, seed: 1).columns == 12)
    #expect(principalComponents(Matrix(rows: 0, columns: 4).view, count: 2, seed: 1).rows == 0)
  }
}
