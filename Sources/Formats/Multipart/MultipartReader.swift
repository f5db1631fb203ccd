/// Takes a `multipart/form-data` body (RFC 7578) apart as it arrives.
///
/// A part longer than allowed is reported in its place and those after it are read. Memory: the longest part that is
/// allowed, plus the chunk.
public struct MultipartReader: Sendable {
  private enum State {
    case preamble, afterBoundary, padding, header, body, epilogue
  }

  private static let headerLimit = 16 << 10
  private static let endOfHeader = Array("\r\n\r\n".utf8)

  private let delimiter: [UInt8]
  private let maxPartBytes: Int
  private var state = State.preamble
  /// Bytes that are not yet understood; a delimiter begins with a line end, so one is put before the first.
  private var pending = Array("\r\n".utf8)
  private var header: [UInt8] = []
  private var content: [UInt8] = []
  private var isTooLong = false
  private var parts = 0
  /// Why nothing more can be read, told after the parts that came before.
  private var failure: MultipartError?

  /// A reader at the start of a body.
  ///
  /// - Throws: ``MultipartError/boundary`` where the boundary is none.
  public init(boundary: String?, maxPartBytes: Int = 32 << 20) throws(MultipartError) {
    guard let boundary, (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ $0 >= 32 && $0 < 127 })
    else { throw .boundary }
    delimiter = Array("\r\n--\(boundary)".utf8)
    self.maxPartBytes = maxPartBytes
  }

  /// Takes the next bytes and returns the parts that they complete, those before an error too.
  ///
  /// - Throws: ``MultipartError/malformed(part:)``, at the latest from ``finish()``.
  /// - Complexity: O(bytes).
  public mutating func feed(_ chunk: [UInt8]) throws(MultipartError) -> [MultipartPart] {
    if let failure { throw failure }
    guard state != .epilogue else { return [] }
    pending += chunk
    var found: [MultipartPart] = []
    var start = 0
    loop: while true {
      switch state {
      case .preamble, .body:
        guard let end = Self.find(delimiter, in: pending, from: start) else {
          // All but what may be the beginning of a delimiter is content.
          let safe = max(start, pending.count - delimiter.count + 1)
          keep(pending[start..<safe])
          start = safe
          break loop
        }
        keep(pending[start..<end])
        if state == .body { found.append(finishedPart()) }
        start = end + delimiter.count
        state = .afterBoundary
      case .afterBoundary:
        guard pending.count >= start + 2 else { break loop }
        if pending[start] == UInt8(ascii: "-"), pending[start + 1] == UInt8(ascii: "-") {
          state = .epilogue
          pending = []
          return found
        }
        state = .padding
      case .padding:
        // White space may follow a boundary; the line's end stays, for a header may be empty.
        while start < pending.count, pending[start] == UInt8(ascii: " ") || pending[start] == UInt8(ascii: "\t") {
          start += 1
        }
        guard pending.count >= start + 2 else { break loop }
        guard pending[start] == 0x0D, pending[start + 1] == 0x0A else { return try fail(after: found) }
        state = .header
      case .header:
        guard let end = Self.find(Self.endOfHeader, in: pending, from: start) else {
          // The beginning of its end may be there already.
          guard pending.count - start < Self.headerLimit + Self.endOfHeader.count else { return try fail(after: found) }
          break loop
        }
        guard end - start <= Self.headerLimit else { return try fail(after: found) }
        header = Array(pending[start..<end])
        start = end + Self.endOfHeader.count
        state = .body
      case .epilogue: return found
      }
    }
    pending.removeFirst(start)
    return found
  }

  /// Ends the body.
  ///
  /// - Throws: ``MultipartError/truncated(parts:)`` where the closing boundary has not come.
  public mutating func finish() throws(MultipartError) {
    if let failure { throw failure }
    guard state == .epilogue else { throw .truncated(parts: parts) }
  }

  /// Gives up: at once where nothing was found in this chunk, otherwise when asked again.
  private mutating func fail(after found: [MultipartPart]) throws(MultipartError) -> [MultipartPart] {
    let error = MultipartError.malformed(part: parts)
    failure = error
    pending = []
    if found.isEmpty { throw error }
    return found
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    guard state == .body, !isTooLong else { return }
    if content.count + bytes.count > maxPartBytes {
      isTooLong = true
      content = []
    } else {
      content += bytes
    }
  }

  private mutating func finishedPart() -> MultipartPart {
    defer {
      (content, header, isTooLong) = ([], [], false)
      parts += 1
    }
    return MultipartPart(header: header, content: isTooLong ? .tooLong(maxBytes: maxPartBytes) : .bytes(content))
  }

  /// Where a pattern that begins with CR first stands.
  private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      pattern.withUnsafeBufferPointer { pattern in
        var index = start
        while index + pattern.count <= bytes.count {
          if bytes[index] == pattern[0] {
            var length = 1
            while length < pattern.count, bytes[index + length] == pattern[length] { length += 1 }
            if length == pattern.count { return index }
          }
          index += 1
        }
        return nil
      }
    }
  }
}
