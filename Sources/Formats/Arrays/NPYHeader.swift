/// What a `.npy` file says of itself before its values.
struct NPYHeader: Sendable, Hashable {
  /// The size of every dimension; empty for a single value.
  let shape: [Int]
  /// NumPy's letter: `f`, `i`, `u`, `b`, `U` or `S`.
  let kind: UInt8
  /// Bytes a number, or characters a string.
  let width: Int
  /// Where the values begin.
  let start: Int

  /// Bytes a value.
  var valueBytes: Int { kind == UInt8(ascii: "U") ? 4 * width : width }
  /// Whether the values are numbers.
  var isNumeric: Bool { Self.widths[kind] != nil }

  /// Bytes that a header has at most, in files of any use.
  static let limit = 1 << 16

  /// Reads the header from a file's first bytes; `name` is for messages.
  ///
  /// - Throws: ``ArrayFileError`` where it is none, or tells of values that are not read.
  init(decoding bytes: some RandomAccessCollection<UInt8>, name: String) throws(ArrayFileError) {
    func fail(_ reason: String) -> ArrayFileError { ArrayFileError(name: name, reason: reason) }
    let bytes = Array(bytes.prefix(Self.limit))
    guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw fail("it does not start as a NumPy array does")
    }
    let begins = bytes[6] == 1 ? 10 : 12
    let length = bytes[8..<begins].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= begins + length else { throw fail("it ends inside its header") }
    let header = String(decoding: bytes[begins..<(begins + length)], as: UTF8.self)
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
    guard Self.widths[type[1]]?.contains(width) ?? Self.isText(type[1]) else {
      throw fail("its type \(description) is not read; save numbers or strings")
    }
    shape = shapeText.split { !$0.isNumber }.compactMap { Int($0) }
    kind = type[1]
    self.width = width
    start = begins + length
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
}
