/// One line of a JSON Lines file, not yet decoded.
public enum JSONLine: Sendable, Hashable {
  /// A line's number, from 1, and its bytes without the line end.
  case line(number: Int, bytes: [UInt8])
  /// A line longer than allowed, of which nothing was kept.
  case tooLong(number: Int, maxBytes: Int)

  /// The line's number, from 1.
  public var number: Int {
    switch self {
    case .line(let number, _), .tooLong(let number, _): number
    }
  }
}

/// Splits JSON Lines (NDJSON) into lines as they arrive; decoding is the caller's.
///
/// Lines end in LF or CRLF; lines of nothing but white space are skipped and counted; a byte order mark is dropped. A line
/// longer than allowed is reported in its place and those after it are read. Memory: the longest line, plus the chunk.
public struct JSONLinesReader: Sendable {
  private static let lf = UInt8(ascii: "\n")
  private static let cr = UInt8(ascii: "\r")

  private let maxLineBytes: Int
  private var byteOrderMark = ByteOrderMark()
  private var pending: [UInt8] = []
  private var overlong = false
  private var number = 1

  /// A reader at the start of a stream whose lines may have up to `maxLineBytes` bytes, the line end not counted.
  public init(maxLineBytes: Int = 16 << 20) {
    self.maxLineBytes = maxLineBytes
  }

  /// Takes the next bytes and returns the lines that they complete.
  ///
  /// - Complexity: O(bytes).
  public mutating func feed(_ chunk: [UInt8]) -> [JSONLine] {
    var lines: [JSONLine] = []
    let bytes = byteOrderMark.strip(chunk)
    var start = 0
    while let end = bytes[start...].firstIndex(of: Self.lf) {
      append(bytes[start..<end])
      endLine(into: &lines)
      number += 1
      start = end + 1
    }
    append(bytes[start...])
    return lines
  }

  /// Ends the stream: a last line without a line end is complete.
  public mutating func finish() -> [JSONLine] {
    var lines: [JSONLine] = []
    append(byteOrderMark.finish()[...])
    endLine(into: &lines)
    return lines
  }

  private mutating func append(_ part: ArraySlice<UInt8>) {
    if overlong { return }
    // One byte more than allowed may be the CR of the line end.
    if pending.count + part.count > maxLineBytes + 1 {
      overlong = true
      pending = []
    } else {
      pending.append(contentsOf: part)
    }
  }

  private mutating func endLine(into lines: inout [JSONLine]) {
    if pending.last == Self.cr { pending.removeLast() }
    if overlong || pending.count > maxLineBytes {
      lines.append(.tooLong(number: number, maxBytes: maxLineBytes))
    } else if !pending.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == Self.cr }) {
      lines.append(.line(number: number, bytes: pending))
    }
    overlong = false
    pending = []
  }
}
