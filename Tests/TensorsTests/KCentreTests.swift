import Tensors
import Testing

/// Farthest-first choices against comparing everything with everything.
@Suite struct KCentreTests {
  private func points(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in generator.normal() })
  }

  @Test(arguments: [[], [0], [7, 80, 33]])
  func choosesAsTheReference(covered: [Int]) {
    let points = points(150, 6, seed: 2)
    let candidates = (0..<150).filter { !covered.contains($0) && $0 % 10 != 9 }
    let expected = referenceKCentre(points.view, count: 30, among: candidates, covered: covered, first: 5)
    let chosen = kCentre(points.view, count: 30, among: candidates, covered: covered, first: 5, pool: .shared)
    #expect(chosen.map(\.row) == expected.map(\.row))
    #expect(
      zip(chosen, expected).allSatisfy { $0.distance == $1.distance || ($0.distance - $1.distance).magnitude < 1e-3 })
  }

  @Test func leadersDoNotHideTheRest() {
    // More points than are kept exact: distances to all that was chosen must still be right at the end.
    let points = points(9000, 3, seed: 4)
    let chosen = kCentre(points.view, count: 400, among: Array(0..<9000), covered: [1], pool: .shared)
    #expect(Set(chosen.map(\.row)).count == 400)
    var nearest = (0..<9000).map { squaredDistance(points.view[$0], points.view[1]) }
    for choice in chosen {
      let farthest = nearest.max() ?? 0
      #expect((nearest[choice.row] - farthest).magnitude < 1e-3)
      #expect((choice.distance - farthest.squareRoot()).magnitude < 1e-3)
      for row in 0..<9000 {
        nearest[row] = min(nearest[row], squaredDistance(points.view[row], points.view[choice.row]))
      }
    }
  }

  @Test func isTheSameOnAnyNumberOfThreads() {
    let points = points(6000, 8, seed: 5)
    let alone = kCentre(points.view, count: 50, among: Array(0..<6000))
    #expect(alone == kCentre(points.view, count: 50, among: Array(0..<6000), pool: .shared))
  }

  @Test func copiesAreChosenWhenNothingElseIsLeft() {
    let points = Matrix(rows: 10, columns: 2, repeating: 3)
    let chosen = kCentre(points.view, count: 20, among: Array(0..<10))
    #expect(Set(chosen.map(\.row)) == Set(0..<10) && chosen.count == 10)
    #expect(chosen.dropFirst().allSatisfy { $0.distance == 0 })
    #expect(kCentre(points.view, count: 0, among: [1]).isEmpty && kCentre(points.view, count: 3, among: []).isEmpty)
  }
}
