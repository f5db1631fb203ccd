internal import Glibc

/// Why a file or folder can't be read.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried.
  public enum Operation: String, Sendable, Hashable {
    case open, read, list
  }

  /// What was tried.
  public let operation: Operation
  /// The file or folder.
  public let path: String
  /// The system's error number.
  public let code: Int32

  /// What failed, where and why, in a sentence.
  public var description: String { "can't \(operation.rawValue) \(path): \(String(cString: strerror(code)))" }
}

/// Reads a file a piece at a time, decompressing it on the way where it is gzip.
///
/// Memory: one chunk of the file and one piece of what it decompresses to.
public struct FileChunks: ~Copyable, Sendable {
  private let path: String
  private let descriptor: Int32
  private let chunkBytes: Int
  private var gunzip: GzipReader
  private var ended = false

  /// Opens a file for reading.
  ///
  /// - Throws: ``FileError`` where it can't be opened.
  public init(path: String, chunkBytes: Int = 64 << 10, maxBytes: Int = .max) throws {
    precondition(chunkBytes > 0, "chunks need room")
    let gunzip = try GzipReader(detect: true, pieceBytes: chunkBytes, maxBytes: maxBytes)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: .open, path: path, code: errno) }
    self.path = path
    self.descriptor = descriptor
    self.chunkBytes = chunkBytes
    self.gunzip = gunzip
  }

  deinit { _ = close(descriptor) }

  /// The next piece of the file's content, never empty, or nil at the end.
  ///
  /// - Throws: ``FileError`` or ``GzipError``.
  public mutating func next() throws -> [UInt8]? {
    while true {
      if let piece = try gunzip.next() { return piece }
      if ended { return nil }
      let chunk = try read()
      if chunk.isEmpty {
        ended = true
        let rest = try gunzip.finish()
        return rest.isEmpty ? nil : rest
      }
      gunzip.feed(chunk)
    }
  }

  /// Hands every piece of the file's content to `body`, in order.
  ///
  /// - Throws: ``FileError``, ``GzipError``, or what `body` throws.
  public mutating func forEach(_ body: ([UInt8]) throws -> Void) throws {
    while let piece = try next() { try body(piece) }
  }

  private func read() throws -> [UInt8] {
    var failure: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
      var size: Int
      repeat { size = Glibc.read(descriptor, buffer.baseAddress, buffer.count) } while size < 0 && errno == EINTR
      if size < 0 { failure = errno }
      count = max(0, size)
    }
    if failure != 0 { throw FileError(operation: .read, path: path, code: failure) }
    return chunk
  }
}
