import Features
import Tensors
import Testing

struct FeatureMatrixFileTests {
  private func matrix(rows: Int, from first: Int, dimension: Int = 3) -> Matrix {
    Matrix(rows: rows, columns: dimension, values: (0..<rows * dimension).map { Float(first * dimension + $0) })
  }

  private func values(_ view: MatrixView) -> [Float] { Matrix(view).values }

  @Test func appendsAndShowsRows() throws {
    let file = TemporaryFile()
    let features = try FeatureMatrixFile(path: file.path, dimension: 3, rows: 0)
    #expect(try features.view().rows == 0 && features.view().columns == 3 && features.rows == 0)
    #expect(try features.append(matrix(rows: 2, from: 0)) == 0..<2)
    #expect(file.size == 24)
    #expect(try values(features.view()) == [0, 1, 2, 3, 4, 5])
    #expect(try features.append(matrix(rows: 0, from: 2)) == 2..<2)
    #expect(try features.append(matrix(rows: 1, from: 2)) == 2..<3)
    #expect(try values(features.view()) == [0, 1, 2, 3, 4, 5, 6, 7, 8])
    #expect(try Array(features.view()[2]) == [6, 7, 8])
    #expect(throws: FeatureFileError.wrongDimension(expected: 3, found: 2)) {
      try features.append(matrix(rows: 1, from: 0, dimension: 2))
    }
  }

  @Test func aViewOutlivesGrowthAndTheFileItself() throws {
    let file = TemporaryFile()
    var features: FeatureMatrixFile? = try FeatureMatrixFile(path: file.path, dimension: 64, rows: 0)
    try features?.append(matrix(rows: 100, from: 0, dimension: 64))
    let early = try #require(try features?.view())
    for block in 1..<20 { try features?.append(matrix(rows: 100, from: 100 * block, dimension: 64)) }
    let late = try #require(try features?.view())
    features = nil
    #expect(early.rows == 100 && early[99][63] == 6_399)
    #expect(late.rows == 2_000 && late[1_999][63] == 127_999)
    #expect((0..<2_000).allSatisfy { late[$0][0] == Float(64 * $0) })
  }

  @Test func cutsTheTailThatACrashLeft() throws {
    let file = TemporaryFile()
    try FeatureMatrixFile(path: file.path, dimension: 3, rows: 0).append(matrix(rows: 4, from: 0))
    try file.append([1, 2, 3, 4, 5])
    #expect(file.size == 53)
    let features = try FeatureMatrixFile(path: file.path, dimension: 3, rows: 3)
    #expect(file.size == 36 && features.rows == 3)
    #expect(try values(features.view()) == (0..<9).map { Float($0) })
    try features.append(matrix(rows: 1, from: 7))
    let again = try FeatureMatrixFile(path: file.path, dimension: 3, rows: 4)
    #expect(try values(again.view()) == (0..<9).map { Float($0) } + [21, 22, 23])
  }

  @Test func saysThatRowsAreMissing() throws {
    let file = TemporaryFile()
    try FeatureMatrixFile(path: file.path, dimension: 3, rows: 0).append(matrix(rows: 2, from: 0))
    let error = FeatureFileError.tooShort(path: file.path, expectedBytes: 36, foundBytes: 24)
    #expect(throws: error) { try FeatureMatrixFile(path: file.path, dimension: 3, rows: 3) }
    #expect(error.description.contains("has 24 bytes where 36 are referred to"))
    #expect(file.size == 24)
    #expect(throws: FeatureFileError.self) {
      try FeatureMatrixFile(path: "/nonexistent/winnow/x.f32", dimension: 3, rows: 0)
    }
  }

  @Test func readersSeeWholeRowsWhileOneAppends() async throws {
    let file = TemporaryFile()
    let features = try FeatureMatrixFile(path: file.path, dimension: 16, rows: 0)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<2 {
        group.addTask {
          var isWhole = true
          for _ in 0..<200 {
            let view = try features.view()
            isWhole = isWhole && (0..<view.rows).allSatisfy { row in view[row].allSatisfy { $0 == Float(row) } }
          }
          return isWhole
        }
      }
      for row in 0..<50 { try features.append(Matrix(rows: 1, columns: 16, repeating: Float(row))) }
      for try await isWhole in group { #expect(isWhole) }
    }
    #expect(features.rows == 50)
  }
}
