import Tensors
import Testing

@Suite struct KMeansTests {
  /// Four tight blobs of 50 points at the corners of a square; the blob of point `i` is `i % 4`.
  static func blobs() -> Matrix {
    var generator = SeededGenerator(seed: 4)
    let corners: [(Float, Float)] = [(0, 0), (10, 0), (0, 10), (10, 10)]
    var values: [Float] = []
    for index in 0..<200 {
      values.append(corners[index % 4].0 + 0.3 * generator.normal())
      values.append(corners[index % 4].1 + 0.3 * generator.normal())
    }
    return Matrix(rows: 200, columns: 2, values: values)
  }

  @Test("Separate blobs become the clusters, with their means as centres", arguments: 0..<5 as Range<UInt64>)
  func findsBlobs(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let points = Self.blobs()
    let result = kMeans(points.view, clusters: 4, using: &generator)
    #expect(Set(result.assignment).count == 4)
    for index in 0..<200 { #expect(result.assignment[index] == result.assignment[index % 4]) }
    for blob in 0..<4 {
      let members = (0..<200).filter { $0 % 4 == blob }
      let mean = members.reduce(0) { $0 + points[$1, 0] } / 50
      #expect(abs(result.centers[result.assignment[blob], 0] - mean) < 1e-4)
    }
    #expect(result.distances.allSatisfy { $0 < 2 })
  }

  @Test("Weights draw the centre, and points without weight do not")
  func weighted() {
    var generator = SeededGenerator(seed: 1)
    let points = Matrix(rows: 3, columns: 1, values: [0, 4, 100])
    let result = kMeans(points.view, clusters: 1, weights: [1, 3, 0], using: &generator)
    #expect(result.centers.values == [3])
    #expect(result.distances == [3, 1, 97])
  }

  @Test("The same generator gives the same clusters on any number of threads")
  func sameOnAnyPool() {
    let points = GemmTests.random(5000, 12, seed: 6)
    var one = SeededGenerator(seed: 2)
    var two = SeededGenerator(seed: 2)
    let alone = kMeans(points.view, clusters: 20, maxIterations: 8, using: &one)
    let pooled = kMeans(points.view, clusters: 20, maxIterations: 8, using: &two, pool: ComputePool(threads: 3))
    #expect(alone.centers == pooled.centers)
    #expect(alone.assignment == pooled.assignment)
    #expect(alone.distances == pooled.distances)
  }

  @Test("More clusters than points, duplicates, and no points at all are fine")
  func degenerate() {
    var generator = SeededGenerator(seed: 1)
    let few = kMeans(Matrix(rows: 2, columns: 1, values: [1, 5]).view, clusters: 7, using: &generator)
    #expect(few.centers.rows == 2)
    #expect(Set(few.assignment) == [0, 1])
    let same = kMeans(Matrix(rows: 6, columns: 2, repeating: 3).view, clusters: 3, using: &generator)
    #expect(same.distances.allSatisfy { $0 == 0 })
    #expect(kMeans(Matrix(rows: 0, columns: 2).view, clusters: 3, using: &generator).assignment.isEmpty)
  }

  @Test("No point is nearer to another centre than to its own, however many comparisons were spared")
  func assignmentIsNearest() {
    var generator = SeededGenerator(seed: 12)
    let points = Matrix(rows: 3000, columns: 8, values: (0..<24_000).map { _ in generator.normal() })
    let result = kMeans(points.view, clusters: 25, maxIterations: 200, using: &generator)
    #expect(result.iterations > 10)
    for row in 0..<3000 {
      let own = squaredDistance(points.view[row], result.centers.view[result.assignment[row]])
      #expect(abs(own.squareRoot() - result.distances[row]) < 1e-5)
      for other in 0..<25 { #expect(squaredDistance(points.view[row], result.centers.view[other]) >= own - 1e-4) }
    }
    for cluster in 0..<25 {
      let members = (0..<3000).filter { result.assignment[$0] == cluster }
      let mean = members.reduce(0) { $0 + points[$1, 3] } / Float(max(1, members.count))
      #expect(abs(result.centers[cluster, 3] - mean) < 1e-4)
    }
  }
}
