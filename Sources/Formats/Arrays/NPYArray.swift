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
    func fail(_ reason: String) -> ArrayFileError { ArrayFileError(name: name, reason: reason) }
    guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw fail("it does not start as a NumPy array does")
    }
    let short = bytes[6] == 1
    let start = short ? 10 : 12
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= start + length else { throw fail("it ends inside its header") }
    let header = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
    guard let description = Self.value(of: "descr", in: header),
      let order = Self.value(of: "fortran_order", in: header),
      let shapeText = Self.value(of: "shape", in: header)
    else { throw fail("its header can't be read: \(header.prefix(80))") }
    if order.hasPrefix("True") { throw fail("it is in Fortran order; save numpy.ascontiguousarray of it") }
    let type = Array(description.filter { $0 != "'" }.utf8)
    guard type.count >= 3, let width = Int(String(decoding: type[2...], as: UTF8.self)),
      (1...(1 << 32)).contains(width),
      type[0] != UInt8(ascii: ">")
    else { throw fail("its type \(description) is not read; save numbers or strings, little-endian") }
    let size = type[1] == UInt8(ascii: "U") ? 4 * width : width
    guard Self.widths[type[1]]?.contains(width) ?? Self.isText(type[1]) else {
      throw fail("its type \(description) is not read; save numbers or strings")
    }
    let shape = shapeText.split { !$0.isNumber }.compactMap { Int($0) }
    guard let count = ArrayFileError.product(shape + [size]), count == bytes.count - start - length else {
      throw fail("its header says \(shape), which is not what follows; save it again")
    }
    self.shape = shape
    kind = type[1]
    self.width = width
    content = bytes[(start + length)...]
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

  private static let widths: [UInt8: Set<Int>] = [
    UInt8(ascii: "f"): [2, 4, 8], UInt8(ascii: "i"): [1, 2, 4, 8], UInt8(ascii: "u"): [1, 2, 4, 8],
    UInt8(ascii: "b"): [1],
  ]

  private static func isText(_ kind: UInt8) -> Bool { kind == UInt8(ascii: "U") || kind == UInt8(ascii: "S") }

  /// The text behind a key of the header, a Python dictionary, up to what ends its value.
  private static func value(of key: String, in header: String) -> String? {
    guard let start = header.firstRange(of: "'\(key)'") else { return nil }
    let rest = header[start.upperBound...].drop { $0 == ":" || $0 == " " }
    if rest.first == "(" { return rest.firstIndex(of: ")").map { String(rest[..<$0]) } }
    return String(rest.prefix { $0 != "," && $0 != "}" })
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
