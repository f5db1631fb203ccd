import Tensors
import Testing

@Suite struct MatrixTests {
  @Test("A copy does not see what is written to the original, nor does a view")
  func valueSemantics() {
    var matrix = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
    let copy = matrix
    let view = matrix.view
    matrix[1, 2] = 60
    #expect(copy[1, 2] == 6)
    #expect(view[1][2] == 6)
    #expect(matrix.row(1) == [4, 5, 60])
    #expect(matrix != copy)
  }

  @Test("Rows are gathered in order, with repetitions, from matrices and from windows")
  func gather() {
    let matrix = Matrix(rows: 3, columns: 2, values: [1, 2, 3, 4, 5, 6])
    #expect(matrix.gatherRows([2, 0, 2]).values == [5, 6, 1, 2, 5, 6])
    let window = matrix.view.rowRange(1..<3)
    #expect(window.rows == 2)
    #expect(window.gatherRows([1]).values == [5, 6])
    #expect(Matrix(window).values == [3, 4, 5, 6])
    #expect(matrix.gatherRows([]).rows == 0)
  }

  @Test("Memory starts on a cache line, and a view keeps it alive")
  func alignmentAndLifetime() {
    func makeView() -> MatrixView { Matrix(rows: 5, columns: 7, repeating: 2.5).view }
    let view = makeView()
    #expect(UInt(bitPattern: view.base) % 64 == 0)
    #expect(view[4].allSatisfy { $0 == 2.5 })
  }

  @Test("An empty matrix is a matrix")
  func empty() {
    let matrix = Matrix(rows: 0, columns: 4)
    #expect(matrix.values.isEmpty)
    #expect(matrix.view.rowRange(0..<0).rows == 0)
  }

  @Test("The mean of a committee is taken over its members")
  func committeeMean() {
    let committee = CommitteePredictions(
      members: 2, items: 2, classes: 2, values: [1, 0, 0.5, 0.5, 0, 1, 0.25, 0.75])
    #expect(committee.mean().values == [0.5, 0.5, 0.375, 0.625])
    #expect(CommitteePredictions(committee.mean()).members == 1)
  }
}
