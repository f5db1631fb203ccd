import Tensors
import Testing

@Suite struct NeighbourhoodTests {
  @Test("Distances by products agree with plain sums of squares, on any pool")
  func distances() {
    let a = GemmTests.random(600, 21, seed: 1)
    let b = GemmTests.random(9, 21, seed: 2)
    var alone = Matrix(rows: 600, columns: 9)
    squaredDistances(a.view, b.view, into: &alone)
    for (i, j) in [(0, 0), (599, 8), (300, 4)] {
      let plain = zip(a.row(i), b.row(j)).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
      #expect(abs(Double(alone[i, j]) - plain) < 1e-4)
      #expect(abs(Double(squaredDistance(a.view[i], b.view[j])) - plain) < 1e-4)
    }
    var pooled = Matrix(rows: 600, columns: 9)
    squaredDistances(a.view, b.view, into: &pooled, pool: ComputePool(threads: 2))
    #expect(pooled == alone)
    #expect(zip(squaredNorms(b.view), 0..<9).allSatisfy { abs($0 - dotProduct(b.view[$1], b.view[$1])) < 1e-5 })
  }

  @Test("The nearest neighbours are those of a full sort, nearest first")
  func neighbours() {
    let reference = GemmTests.random(2100, 8, seed: 3)
    let queries = Matrix(reference.view.rowRange(1000..<1300))
    let found = nearestNeighbours(queries.view, among: reference.view, k: 5, pool: ComputePool(threads: 2))
    for query in [0, 127, 128, 299] {
      let all = (0..<2100).map { squaredDistance(queries.view[query], reference.view[$0]) }
      let expected = referenceTopK(all.map { -$0 }, k: 5)
      #expect(found.indices[query] == expected)
      #expect(found.squaredDistances[query] == expected.map { all[$0] })
      #expect(found.indices[query][0] == 1000 + query)
      #expect(found.squaredDistances[query][0] == 0)
    }
  }

  @Test("Equal distances go to the lower index, and k may exceed the reference")
  func neighbourEdges() {
    let reference = Matrix(rows: 3, columns: 1, values: [1, -1, 1])
    let query = Matrix(rows: 1, columns: 1, values: [0])
    #expect(nearestNeighbours(query.view, among: reference.view, k: 2).indices == [[0, 1]])
    #expect(nearestNeighbours(query.view, among: reference.view, k: 9).indices == [[0, 1, 2]])
    #expect(nearestNeighbours(query.view, among: Matrix(rows: 0, columns: 1).view, k: 9).indices == [[]])
  }
}
