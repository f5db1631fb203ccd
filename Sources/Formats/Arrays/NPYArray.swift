/// One array as NumPy saves it (`.npy`, format versions 1 to 3), little-endian and in C order.
///
/// Numbers of 8 to 64 bits and strings (`U`, `S`) are read; objects would need Python's pickle and are refused.
public struct NPYArray: Sendable, Hashable {
  /// The size of every dimension; empty for a single value.
  public let shape: [Int]
  /// Whether the values are unsigned bytes.
  public var isByte: Bool { kind == UInt8(ascii: "u") && width == 1 }

  private let kind: UInt8
  private let width: Int
  private let content: ArraySlice<UInt8>

  /// Reads the bytes of an array; `name` is for messages.
  ///
  /// - Throws: ``ArrayFileError`` where they are none, or of a kind that is not read.
  public init(decoding bytes: [UInt8], name: String) throws(ArrayFileError) {
    let header = try NPYHeader(decoding: bytes, name: name)
    guard let count = ArrayFileError.product(header.shape + [header.valueBytes]), count == bytes.count - header.start
    else {
      throw ArrayFileError(
        name: name, reason: "its header says \(header.shape), which is not what follows; save it again")
    }
    self.init(header: header, content: bytes[header.start...])
  }

  /// Values of the kind that a header tells of.
  init(header: NPYHeader, content: ArraySlice<UInt8>) {
    shape = header.shape
    kind = header.kind
    width = header.width
    self.content = content
  }

  /// All values as floats, the last dimension fastest; empty for strings.
  public var numbers: [Float] {
    switch (kind, width) {
    case (UInt8(ascii: "u"), 1), (UInt8(ascii: "b"), 1): content.map { Float($0) }
    case (UInt8(ascii: "i"), 1): content.map { Float(Int8(bitPattern: $0)) }
    case (UInt8(ascii: "f"), 2): words.map { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) }
    case (UInt8(ascii: "f"), 4): words.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    case (UInt8(ascii: "f"), 8): words.map { Float(Double(bitPattern: $0)) }
    case (UInt8(ascii: "u"), _): words.map { Float($0) }
    case (UInt8(ascii: "i"), _): integers.map { Float($0) }
    default: []
    }
  }

  /// All values as names: whole numbers without a fraction, strings as they are.
  public var names: [String] {
    switch kind {
    case UInt8(ascii: "i"): integers.map { "\($0)" }
    case UInt8(ascii: "u"): words.map { "\($0)" }
    case UInt8(ascii: "b"): content.map { $0 == 0 ? "false" : "true" }
    case UInt8(ascii: "U"): strings(bytesEach: 4 * width) { Self.scalars($0) }
    case UInt8(ascii: "S"): strings(bytesEach: width) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    default: numbers.map { $0 == $0.rounded() && abs($0) < 0x1p24 ? "\(Int($0))" : "\($0)" }
    }
  }

  /// Values as unsigned words, little-endian.
  private var words: [UInt64] {
    strings(bytesEach: width) { $0.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
  }

  private var integers: [Int64] {
    let unused = UInt64(64 - 8 * width)
    return words.map { Int64(bitPattern: $0 << unused) >> Int64(unused) }
  }

  private func strings<Value>(bytesEach size: Int, _ body: (ArraySlice<UInt8>) -> Value) -> [Value] {
    stride(from: content.startIndex, to: content.endIndex, by: size).map { body(content[$0..<($0 + size)]) }
  }

  private static func scalars(_ bytes: ArraySlice<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
      let code = bytes[start..<(start + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if code == 0 { break }
      text.append(Unicode.Scalar(code) ?? "\u{FFFD}")
    }
    return String(text)
  }
}
