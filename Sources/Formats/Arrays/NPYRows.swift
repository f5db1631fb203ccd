internal import Glibc

/// The rows of a numeric `.npy` file of two dimensions, read a piece at a time: for vectors that do not fit into memory.
///
/// Memory: a megabyte, or one row where that is longer.
public struct NPYRows: ~Copyable, Sendable {
  /// Rows of the file.
  public let count: Int
  /// Numbers a row.
  public let columns: Int

  private static let pieceBytes = 1 << 20
  private let path: String
  private let header: NPYHeader
  private let descriptor: Int32
  private let rowBytes: Int
  private var piece: [Float] = []
  /// The first number of the piece that was not handed out.
  private var place = 0
  private var rowsRead = 0

  /// Opens a file.
  ///
  /// - Throws: ``FileError`` where it can't be read, ``ArrayFileError`` where it is no such array, or is not whole.
  public init(path: String) throws {
    func fail(_ reason: String) -> ArrayFileError { ArrayFileError(name: path, reason: reason) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: .open, path: path, code: errno) }
    do {
      let header = try NPYHeader(
        decoding: try Self.read(descriptor, bytes: NPYHeader.limit, at: 0, path: path), name: path)
      guard header.isNumeric, header.shape.count == 2, header.shape[1] > 0 else {
        throw fail("it is \(header.shape) and not rows of numbers; save an array of two dimensions")
      }
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw FileError(operation: .read, path: path, code: errno) }
      guard let size = ArrayFileError.product(header.shape + [header.valueBytes]),
        size == Int(status.st_size) - header.start
      else { throw fail("its header says \(header.shape), which is not what follows; save it again") }
      self.header = header
      (count, columns) = (header.shape[0], header.shape[1])
      rowBytes = header.shape[1] * header.valueBytes
    } catch {
      _ = close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }

  /// The next row, or nil at the end.
  ///
  /// - Throws: ``FileError``, or ``ArrayFileError`` where the file has become shorter.
  public mutating func next() throws -> [Float]? {
    if place == piece.count {
      guard rowsRead < count else { return nil }
      let rows = min(count - rowsRead, max(1, Self.pieceBytes / rowBytes))
      let bytes = try Self.read(descriptor, bytes: rows * rowBytes, at: header.start + rowsRead * rowBytes, path: path)
      guard bytes.count == rows * rowBytes else {
        throw ArrayFileError(name: path, reason: "it ends at row \(rowsRead + bytes.count / rowBytes) of \(count)")
      }
      piece = numbers(bytes)
      place = 0
      rowsRead += rows
    }
    defer { place += columns }
    return Array(piece[place..<(place + columns)])
  }

  private func numbers(_ bytes: [UInt8]) -> [Float] {
    guard header.kind == UInt8(ascii: "f"), header.width == 4 else {
      return NPYArray(header: header, content: bytes[...]).numbers
    }
    return bytes.withUnsafeBytes { raw in
      (0..<(raw.count / 4)).map {
        Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }

  /// Up to so many bytes from a place on.
  private static func read(_ descriptor: Int32, bytes: Int, at offset: Int, path: String) throws -> [UInt8] {
    var failure: Int32 = 0
    let found = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
      count = 0
      while count < bytes {
        let size = pread(descriptor, buffer.baseAddress.map { $0 + count }, bytes - count, off_t(offset + count))
        if size < 0 && errno == EINTR { continue }
        if size < 0 { failure = errno }
        if size <= 0 { break }
        count += size
      }
    }
    if failure != 0 { throw FileError(operation: .read, path: path, code: failure) }
    return found
  }
}
