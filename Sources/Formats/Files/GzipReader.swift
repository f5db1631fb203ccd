internal import CWinnowZlib

/// Why compressed bytes can't be read.
public enum GzipError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The compressed data is damaged at about this byte of it.
  case corrupt(offset: Int, message: String)
  /// The data ends in the middle of a compressed stream.
  case truncated(offset: Int)
  /// The decompressed data is longer than allowed.
  case tooLong(maxBytes: Int)
  /// zlib found no memory.
  case outOfMemory

  /// What is wrong, where, and what to do, in a sentence.
  public var description: String {
    switch self {
    case .corrupt(let offset, let message): "the gzip data is damaged near byte \(offset): \(message); send it again"
    case .truncated(let offset): "the gzip data ends too early, at byte \(offset); send all of it"
    case .tooLong(let maxBytes): "the gzip data grows beyond \(maxBytes) bytes when decompressed; split it"
    case .outOfMemory: "no memory for decompression; try again"
    }
  }
}

/// Decompresses gzip (RFC 1952) as it arrives, a bounded piece at a time.
///
/// ```swift
/// reader.feed(chunk)
/// while let piece = try reader.next() { use(piece) }
/// …
/// try reader.finish()
/// ```
/// Files of several members are read to their end; zero padding after the last is ignored; checksums are verified. With
/// `detect`, bytes that don't start like gzip pass through as they are. Memory: the chunk and one piece.
public struct GzipReader: ~Copyable, @unchecked Sendable {
  // Sendable: the stream has one owner, since the type can't be copied, and is touched in mutating methods only.

  private enum Mode: Sendable {
    case undecided, plain, betweenMembers, inMember
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private let pieceBytes: Int
  private let maxBytes: Int
  private var mode: Mode
  private var input: [UInt8] = []
  private var offset = 0
  private var consumedBefore = 0
  private var produced = 0
  private var members = 0

  /// A reader at the start of a stream.
  ///
  /// - Parameters:
  ///   - detect: whether bytes that don't start with gzip's magic number pass through unchanged.
  ///   - pieceBytes: the most that ``next()`` returns at once.
  ///   - maxBytes: the most that may come out in all; a guard against decompression bombs.
  /// - Throws: ``GzipError/outOfMemory``.
  public init(detect: Bool = false, pieceBytes: Int = 64 << 10, maxBytes: Int = .max) throws(GzipError) {
    precondition(pieceBytes > 0, "pieces need room")
    guard let stream = winnow_gunzip_new() else { throw .outOfMemory }
    self.stream = stream
    self.pieceBytes = pieceBytes
    self.maxBytes = maxBytes
    self.mode = detect ? .undecided : .betweenMembers
  }

  deinit { winnow_gunzip_free(stream) }

  /// Whether bytes start with gzip's magic number.
  public static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// Takes the next bytes; call ``next()`` until it returns nil before feeding more, or they add up in memory.
  public mutating func feed(_ chunk: [UInt8]) {
    if offset == input.count {
      consumedBefore += offset
      input = chunk
      offset = 0
    } else {
      input.append(contentsOf: chunk)
    }
  }

  /// The next piece of what the bytes fed so far decompress to, or nil where they are used up.
  ///
  /// - Throws: ``GzipError`` where the data is damaged or grows too long.
  public mutating func next() throws(GzipError) -> [UInt8]? {
    if mode == .undecided {
      guard input.count >= 2 else { return nil }
      mode = Self.isGzip(input) ? .betweenMembers : .plain
    }
    if mode == .plain { return try nextPlain() }
    while offset < input.count {
      if mode == .betweenMembers {
        // zlib writers may pad the end with zeros (tape blocks); anything else must be another member.
        if members > 0, input[offset] == 0 {
          offset += 1
          continue
        }
        mode = .inMember
      }
      let piece = try inflatePiece()
      if !piece.isEmpty { return try count(piece) }
    }
    return mode == .inMember ? try flush() : nil
  }

  /// Ends the stream, once ``next()`` has returned nil.
  ///
  /// - Returns: the bytes held back while it was undecided whether the stream is compressed: one byte at most.
  /// - Throws: ``GzipError/truncated(offset:)`` where a compressed stream isn't complete.
  @discardableResult
  public mutating func finish() throws(GzipError) -> [UInt8] {
    switch mode {
    case .undecided:
      mode = .plain
      return try nextPlain() ?? []
    case .plain: return []
    case .betweenMembers where members > 0: return []
    case .betweenMembers, .inMember: throw .truncated(offset: consumedBefore + offset)
    }
  }

  private mutating func nextPlain() throws(GzipError) -> [UInt8]? {
    guard offset < input.count else { return nil }
    let end = min(input.count, offset + pieceBytes)
    defer { offset = end }
    return try count(offset == 0 && end == input.count ? input : Array(input[offset..<end]))
  }

  /// All input is used up, but zlib may hold output that didn't fit the last piece.
  private mutating func flush() throws(GzipError) -> [UInt8]? {
    let piece = try inflatePiece()
    return piece.isEmpty ? nil : try count(piece)
  }

  private mutating func count(_ piece: [UInt8]) throws(GzipError) -> [UInt8] {
    produced += piece.count
    if produced > maxBytes { throw .tooLong(maxBytes: maxBytes) }
    return piece
  }

  private mutating func inflatePiece() throws(GzipError) -> [UInt8] {
    var consumed: UInt32 = 0
    var status: Int32 = Z_OK
    let piece = [UInt8](unsafeUninitializedCapacity: pieceBytes) { output, count in
      input.withUnsafeBufferPointer { input in
        var written: UInt32 = 0
        let size = min(input.count - offset, Int(UInt32.max))
        status = winnow_gunzip(
          stream, input.baseAddress.map { $0 + offset }, UInt32(size), &consumed, output.baseAddress,
          UInt32(output.count), &written)
        count = Int(written)
      }
    }
    offset += Int(consumed)
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      members += 1
      mode = .betweenMembers
      _ = winnow_gunzip_reset(stream)
    case Z_MEM_ERROR: throw .outOfMemory
    default:
      let message = winnow_gunzip_message(stream).map { String(cString: $0) } ?? "zlib error \(status)"
      throw .corrupt(offset: consumedBefore + offset, message: message)
    }
    return piece
  }
}
