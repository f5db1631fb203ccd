import Tensors
import Testing

@Suite struct KCentreTests {
  @Test("The choice is that of plain loops, on any pool", arguments: [0, 1, 40])
  func agreesWithPlainLoops(covered: Int) {
    let points = GemmTests.random(2300, 11, seed: 5)
    let labelled = GemmTests.random(covered, 11, seed: 6)
    let plain = referenceKCentre(points.view, count: 30, covered: labelled.view)
    for pool in [nil, ComputePool(threads: 3)] {
      let found = kCentre(points.view, count: 30, covered: labelled.view, pool: pool)
      #expect(found.chosen == plain.chosen)
      for (left, right) in zip(found.radii, plain.radii) where left != right { #expect(abs(left - right) < 1e-3) }
    }
  }

  @Test("Far groups are reached first, and radii never grow")
  func groups() {
    var points = GemmTests.random(600, 4, seed: 7)
    for row in 0..<600 { points[row, 0] += Float(row % 3) * 100 }
    let found = kCentre(points.view, count: 12)
    #expect(Set(found.chosen.prefix(3).map { $0 % 3 }) == [0, 1, 2])
    #expect(found.radii[0] == .infinity)
    #expect(zip(found.radii.dropFirst(), found.radii.dropFirst(2)).allSatisfy { $0 >= $1 })
  }

  @Test("Duplicates come last, ties go to the lower index, and there are no more choices than rows")
  func edges() {
    let points = Matrix(rows: 5, columns: 1, values: [0, 0, 5, 5, -5])
    #expect(kCentre(points.view, count: 9).chosen == [0, 2, 4, 1, 3])
    #expect(kCentre(points.view, count: 0).chosen.isEmpty)
    #expect(kCentre(Matrix(rows: 0, columns: 3).view, count: 2).chosen.isEmpty)
    let covered = Matrix(rows: 1, columns: 1, values: [5])
    #expect(kCentre(points.view, count: 2, covered: covered.view).chosen == [4, 0])
  }
}
