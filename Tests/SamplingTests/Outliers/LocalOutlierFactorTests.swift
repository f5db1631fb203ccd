import Sampling
import Tensors
import Testing

/// Single stray points by density.
@Suite struct LocalOutlierFactorTests {
  @Test func strayPointsAreFoundAndGroupsAreNot() throws {
    var generator = SeededGenerator(seed: 5)
    // A cloud, a dense group far from it, and two strays.
    var values = (0..<400).flatMap { _ in [generator.normal(), generator.normal()] }
    values += (0..<100).flatMap { _ in [50 + 0.1 * generator.normal(), 50 + 0.1 * generator.normal()] }
    values += [12, 12, -15, 9]
    let features = Matrix(rows: 502, columns: 2, values: values)
    let evidence = LearnabilityEvidence(
      features: features.view, labelledRows: [], labelledClasses: [], learnability: [], candidates: Array(0..<502),
      classes: 2)
    let found = try report("lof", on: evidence, parameters: ["threshold": 3])
    #expect(found.excludedRows.isSuperset(of: [500, 501]))
    #expect(found.excluded.prefix(2).allSatisfy { $0.row >= 500 })
    #expect(!found.excluded.contains { (400..<500).contains($0.row) })
    #expect(try #require(found.excluded.first).reason.contains("as sparsely"))
  }

  @Test func theFactorIsThatOfItsDefinition() throws {
    let values: [Float] = [0, 1, 3, 7, 20]
    let features = Matrix(rows: 5, columns: 1, values: values)
    var generator = SeededGenerator(seed: 1)
    let factors = LocalOutlierFactor(neighbours: 2).localOutlierFactors(
      of: Array(0..<5), in: features.view, using: &generator, pool: nil
    ).factors
    let (k, n) = (2, 5)
    func distance(_ a: Int, _ b: Int) -> Float { abs(values[a] - values[b]) }
    let nearest = (0..<n).map { point in
      Array((0..<n).filter { $0 != point }.sorted { distance(point, $0) < distance(point, $1) }.prefix(k))
    }
    let density = (0..<n).map { point -> Float in
      Float(k) / nearest[point].reduce(0) { $0 + max(distance($1, nearest[$1][k - 1]), distance(point, $1)) }
    }
    let expected = (0..<n).map { point in nearest[point].reduce(0) { $0 + density[$1] } / Float(k) / density[point] }
    #expect(isClose(factors, expected, within: 1e-4))
    #expect(factors[4] > 2)
  }

  @Test func coincidingPointsAreNoOutliers() {
    var generator = SeededGenerator(seed: 1)
    let features = Matrix(rows: 30, columns: 2, repeating: 4)
    let lof = LocalOutlierFactor(neighbours: 3)
    #expect(
      lof.localOutlierFactors(of: Array(0..<30), in: features.view, using: &generator, pool: nil).factors
        == .init(repeating: 1, count: 30))
    #expect(lof.localOutlierFactors(of: [4], in: features.view, using: &generator, pool: nil).factors == [1])
  }
}
