/// A read-only `(rows, columns)` window onto contiguous float32 rows that something else owns.
///
/// The owner is a ``Matrix``, or an object that keeps a file mapped into memory.
///
/// `@unchecked Sendable`: the memory is only read through a view, and `owner` guarantees that nobody writes or frees it
/// while the view lives (a matrix copies itself before it is written; a mapped file is append-only behind the rows shown).
public struct MatrixView: @unchecked Sendable {
  /// The first element; valid as long as this view, or a copy of it, lives.
  public let base: UnsafePointer<Float>
  /// Number of rows.
  public let rows: Int
  /// Number of columns, which is also the distance between rows.
  public let columns: Int
  private let owner: AnyObject?

  /// Creates a view of `rows * columns` floats at `base`, kept alive by `owner` (nil: the caller does).
  public init(base: UnsafePointer<Float>, rows: Int, columns: Int, owner: AnyObject?) {
    precondition(rows >= 0 && columns >= 0, "A matrix cannot have \(rows) rows and \(columns) columns")
    self.base = base
    self.rows = rows
    self.columns = columns
    self.owner = owner
  }

  /// One row, `(columns)`, without a copy; valid while the view lives.
  public subscript(row: Int) -> UnsafeBufferPointer<Float> {
    precondition(row >= 0 && row < rows, "Row \(row) of \(rows)")
    return UnsafeBufferPointer(start: base + row * columns, count: columns)
  }

  /// The rows of `range` as a view of the same memory.
  public func rowRange(_ range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "Rows \(range) of \(rows)")
    return MatrixView(base: base + range.lowerBound * columns, rows: range.count, columns: columns, owner: owner)
  }

  /// Copies the rows at `indices`, in that order, repetitions included, to a new matrix.
  public func gatherRows(_ indices: [Int]) -> Matrix {
    var result = Matrix(uninitializedRows: indices.count, columns: columns)
    result.withUnsafeMutableBufferPointer { target in
      guard let start = target.baseAddress else { return }
      for (position, index) in indices.enumerated() {
        precondition(index >= 0 && index < rows, "Row \(index) of \(rows)")
        (start + position * columns).update(from: base + index * columns, count: columns)
      }
    }
    return result
  }
}
