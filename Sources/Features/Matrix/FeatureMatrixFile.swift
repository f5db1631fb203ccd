internal import Glibc
internal import Synchronization
public import Tensors

/// Why a feature file can't be used.
public enum FeatureFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A system call failed.
  case system(operation: String, path: String, code: Int32)
  /// The file holds fewer rows than the caller's records refer to.
  case tooShort(path: String, expectedBytes: Int, foundBytes: Int)
  /// A matrix with another number of columns can't be appended.
  case wrongDimension(expected: Int, found: Int)

  /// What is wrong, where, and what to do, in a sentence.
  public var description: String {
    switch self {
    case .system(let operation, let path, let code): "can't \(operation) \(path): \(String(cString: strerror(code)))"
    case .tooShort(let path, let expected, let found):
      "\(path) has \(found) bytes where \(expected) are referred to; remove it, so that the features are computed again"
    case .wrongDimension(let expected, let found):
      "features of \(found) columns don't fit a file of \(expected)"
    }
  }
}

/// The features of a project's pool: an append-only file of row-major float32, mapped into memory.
///
/// The file has no header; how many rows count is known by whoever refers to them. Rows are on disk before
/// ``append(_:)`` returns; a crash leaves at most rows that nobody refers to, which opening cuts off. Several threads may
/// read and one at a time appends; a view that was handed out stays valid, whatever happens to the file object.
public final class FeatureMatrixFile: Sendable {
  private struct State {
    var rows: Int
    var mapping: Mapping?
  }

  /// Columns of the matrix.
  public let dimension: Int
  private let path: String
  private let descriptor: Int32
  private let state: Mutex<State>

  /// Opens the file, or makes it, and cuts off what follows its first `rows` rows.
  ///
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - dimension: columns of the matrix, at least 1.
  ///   - rows: the rows that the caller's records refer to; 0 for a new file.
  /// - Throws: ``FeatureFileError/tooShort(path:expectedBytes:foundBytes:)`` where rows are missing, or a system error.
  public init(path: String, dimension: Int, rows: Int) throws(FeatureFileError) {
    precondition(dimension > 0 && rows >= 0, "a feature matrix has columns")
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(operation: "open", path: path, code: errno) }
    self.path = path
    self.dimension = dimension
    self.descriptor = descriptor
    self.state = Mutex(State(rows: rows, mapping: nil))
    // From here on `deinit` closes the descriptor.
    var status = stat()
    try Self.check(fstat(descriptor, &status), "read the size of", path)
    let expected = rows * rowBytes
    let found = Int(status.st_size)
    if expected == 0 { try syncFolder() }
    if found < expected { throw .tooShort(path: path, expectedBytes: expected, foundBytes: found) }
    if found > expected {
      try Self.check(ftruncate(descriptor, expected), "cut", path)
      try Self.check(fsync(descriptor), "sync", path)
    }
  }

  deinit { _ = close(descriptor) }

  private var rowBytes: Int { dimension * MemoryLayout<Float>.stride }

  /// Rows of the matrix.
  public var rows: Int { state.withLock { $0.rows } }

  /// Appends the rows of a matrix; they are on disk when this returns.
  ///
  /// - Returns: the positions of the new rows.
  /// - Throws: ``FeatureFileError``; no row counts then.
  /// - Complexity: O(rows · columns), plus one flush of the disk.
  @discardableResult
  public func append(_ matrix: Matrix) throws(FeatureFileError) -> Range<Int> {
    if matrix.columns != dimension { throw .wrongDimension(expected: dimension, found: matrix.columns) }
    let result = state.withLock { state in
      Result { () throws(FeatureFileError) -> Range<Int> in
        let first = state.rows
        if matrix.rows == 0 { return first..<first }
        try write(matrix, at: first * rowBytes)
        try Self.check(fdatasync(descriptor), "sync", path)
        state.rows += matrix.rows
        return first..<state.rows
      }
    }
    return try result.get()
  }

  /// All rows, `(rows, dimension)`, as they are on disk now.
  ///
  /// The view keeps its mapping alive and never sees rows appended later. O(1), but for mapping the file after it grew.
  ///
  /// - Throws: ``FeatureFileError`` where the file can't be mapped.
  public func view() throws(FeatureFileError) -> MatrixView {
    let result = state.withLock { state in
      Result { () throws(FeatureFileError) -> MatrixView in
        let size = state.rows * rowBytes
        if let mapping = state.mapping, mapping.size >= size { return view(mapping, rows: state.rows) }
        if size == 0 {
          let empty = Matrix(rows: 0, columns: dimension)
          return empty.view
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED else {
          throw .system(operation: "map", path: path, code: errno)
        }
        let mapping = Mapping(address: UnsafeRawPointer(address), size: size)
        state.mapping = mapping
        return view(mapping, rows: state.rows)
      }
    }
    return try result.get()
  }

  private func view(_ mapping: Mapping, rows: Int) -> MatrixView {
    let base = mapping.address.assumingMemoryBound(to: Float.self)
    return MatrixView(base: base, rows: rows, columns: dimension, owner: mapping)
  }

  private func write(_ matrix: Matrix, at offset: Int) throws(FeatureFileError) {
    let failure = matrix.withUnsafeBufferPointer { values -> Int32 in
      let bytes = UnsafeRawBufferPointer(values)
      var written = 0
      while written < bytes.count {
        let size = pwrite(descriptor, bytes.baseAddress! + written, bytes.count - written, offset + written)
        if size < 0 && errno == EINTR { continue }
        if size <= 0 { return size < 0 ? errno : EIO }
        written += size
      }
      return 0
    }
    if failure != 0 {
      // Half-written rows don't count; the next ones overwrite them.
      throw .system(operation: "write", path: path, code: failure)
    }
  }

  /// A new file's name must be on disk before anything refers to its rows.
  private func syncFolder() throws(FeatureFileError) {
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(operation: "open", path: folder, code: errno) }
    defer { _ = close(descriptor) }
    try Self.check(fsync(descriptor), "sync", folder)
  }

  private static func check(_ status: Int32, _ operation: String, _ path: String) throws(FeatureFileError) {
    if status != 0 { throw .system(operation: operation, path: path, code: errno) }
  }
}

/// A part of the file in memory, unmapped when the last view of it is gone.
private final class Mapping: @unchecked Sendable {
  // Sendable: the memory is only read, and what it shows is never written again once it counts as rows.
  let address: UnsafeRawPointer
  let size: Int

  init(address: UnsafeRawPointer, size: Int) {
    self.address = address
    self.size = size
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: address), size) }
}
