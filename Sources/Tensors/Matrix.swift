/// A row-major float32 matrix that owns 64-byte-aligned memory.
///
/// A value: a copy shares memory until one of the two is written. Subscripts are for tests and cold code; loops that
/// matter take a pointer once, through ``view`` or ``withUnsafeMutableBufferPointer(_:)``.
public struct Matrix: Sendable {
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int
  @usableFromInline var storage: MatrixStorage

  /// Creates a `(rows, columns)` matrix with every element equal to `value`.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.init(uninitializedRows: rows, columns: columns)
    storage.base.update(repeating: value, count: rows * columns)
  }

  /// Creates a `(rows, columns)` matrix from `rows * columns` values, row after row.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "\(values.count) values cannot fill \(rows) x \(columns)")
    self.init(uninitializedRows: rows, columns: columns)
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { storage.base.update(from: start, count: source.count) }
    }
  }

  /// Creates a matrix that owns a copy of what `view` shows.
  public init(_ view: MatrixView) {
    self.init(uninitializedRows: view.rows, columns: view.columns)
    storage.base.update(from: view.base, count: view.rows * view.columns)
  }

  /// Creates a matrix whose memory the caller overwrites completely before reading it.
  package init(uninitializedRows rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0, "A matrix cannot have \(rows) rows and \(columns) columns")
    self.rows = rows
    self.columns = columns
    storage = MatrixStorage(count: rows * columns)
  }

  /// The element at `row` and `column`, both from 0.
  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "Index outside of the matrix")
      return storage.base[row * columns + column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "Index outside of the matrix")
      makeUnique()
      storage.base[row * columns + column] = newValue
    }
  }

  /// A copy of one row, `(columns)`.
  public func row(_ index: Int) -> [Float] { Array(view[index]) }

  /// All elements, row after row, as an array.
  public var values: [Float] { Array(UnsafeBufferPointer(start: storage.base, count: rows * columns)) }

  /// A read-only window onto the whole matrix, which keeps its memory alive.
  ///
  /// While a view lives, the next write to the matrix copies the memory first: the view never changes.
  public var view: MatrixView { MatrixView(base: storage.base, rows: rows, columns: columns, owner: storage) }

  /// Copies the rows at `indices`, in that order, repetitions included, to a new matrix.
  public func gatherRows(_ indices: [Int]) -> Matrix { view.gatherRows(indices) }

  /// Calls `body` with all elements, row after row; the pointer is valid during the call only.
  public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: storage.base, count: rows * columns))
    }
  }

  /// Calls `body` with all elements for writing, row after row; the pointer is valid during the call only.
  public mutating func withUnsafeMutableBufferPointer<R>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    makeUnique()
    let owned = storage
    return try withExtendedLifetime(owned) {
      try body(UnsafeMutableBufferPointer(start: owned.base, count: rows * columns))
    }
  }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
  }
}

extension Matrix: Equatable {
  /// Whether two matrices have the same shape and equal elements (IEEE equality: NaN differs from itself).
  public static func == (left: Matrix, right: Matrix) -> Bool {
    guard left.rows == right.rows, left.columns == right.columns else { return false }
    return left.withUnsafeBufferPointer { a in right.withUnsafeBufferPointer { b in a.elementsEqual(b) } }
  }
}
