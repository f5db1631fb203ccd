/// An array of bytes in the IDX format, as MNIST's images and labels come; gzip is recognised by itself.
///
/// A header of two zero bytes, the type (8: unsigned bytes), the number of dimensions, and the big-endian size of each;
/// then the values, the last dimension fastest.
public struct IDXFile: Sendable, Hashable {
  /// The size of every dimension.
  public let shape: [Int]
  /// All values, `shape`'s product of them.
  public let bytes: [UInt8]

  /// Reads a file.
  ///
  /// - Throws: ``ArrayFileError``, ``FileError`` or ``GzipError``.
  /// - Complexity: O(bytes); all of them are held.
  public init(path: String, maxBytes: Int = 4 << 30) throws {
    var content: [UInt8] = []
    var chunks = try FileChunks(path: path, chunkBytes: 1 << 20, maxBytes: maxBytes)
    while let chunk = try chunks.next() { content += chunk }
    try self.init(decoding: content, name: path)
  }

  /// Reads the bytes of a file; `name` is for messages.
  ///
  /// - Throws: ``ArrayFileError`` where they are none.
  public init(decoding content: [UInt8], name: String) throws(ArrayFileError) {
    guard content.count >= 4, content[0] == 0, content[1] == 0, content[3] > 0 else {
      throw ArrayFileError(name: name, reason: "it does not start as an IDX file does")
    }
    guard content[2] == 8 else {
      throw ArrayFileError(name: name, reason: "its values are of type \(content[2]); only unsigned bytes (8) are read")
    }
    let dimensions = Int(content[3])
    let start = 4 + 4 * dimensions
    guard content.count >= start else { throw ArrayFileError(name: name, reason: "it ends inside its header") }
    let shape = (0..<dimensions).map { dimension in
      content[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let count = ArrayFileError.product(shape), count == content.count - start else {
      throw ArrayFileError(
        name: name, reason: "its header says \(shape) values, but \(content.count - start) follow; get all of it")
    }
    self.shape = shape
    bytes = Array(content[start...])
  }
}

/// Why a file of arrays can't be read.
public struct ArrayFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, or the array in it.
  public let name: String
  /// What is wrong.
  public let reason: String

  /// What is wrong and where, in a sentence.
  public var description: String { "\(name): \(reason)" }

  /// The product of sizes, or nil where it does not fit.
  static func product(_ shape: [Int]) -> Int? {
    var product = 1
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow || size < 0 { return nil }
      product = next
    }
    return product
  }
}
