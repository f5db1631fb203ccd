/// The stored form of featurizers: `WNFEAT`, a version, a kind, then numbers in little-endian order.
private enum FeaturizerFormat {
  static let magic = Array("WNFEAT".utf8)
  static let version: UInt8 = 1
  static let kinds: [FeaturizerKind] = [.text, .image, .vector]
}

/// Writes a featurizer's numbers one after the other.
struct FeaturizerWriter {
  private(set) var bytes: [UInt8]

  init(_ kind: FeaturizerKind) {
    bytes = FeaturizerFormat.magic + [FeaturizerFormat.version, UInt8(FeaturizerFormat.kinds.firstIndex(of: kind)!)]
  }

  mutating func write(_ value: Int) { write([UInt64(value)]) }

  /// The count, then the values.
  mutating func write<T: FixedWidthInteger>(array values: [T]) {
    write(values.count)
    write(values)
  }

  /// The count, then the values.
  mutating func write(array values: [Float]) { write(array: values.map(\.bitPattern)) }

  private mutating func write<T: FixedWidthInteger>(_ values: [T]) {
    values.map(\.littleEndian).withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// Reads what a ``FeaturizerWriter`` wrote; every count is checked against the bytes that are there.
struct FeaturizerReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func header() throws(FeatureError) -> FeaturizerKind {
    let magic = FeaturizerFormat.magic
    guard bytes.count >= magic.count + 2, bytes.starts(with: magic) else {
      throw .notAFeaturizer("it doesn't start like one")
    }
    guard bytes[magic.count] == FeaturizerFormat.version else {
      throw .notAFeaturizer("it has version \(bytes[magic.count]), not \(FeaturizerFormat.version)")
    }
    let kind = Int(bytes[magic.count + 1])
    guard FeaturizerFormat.kinds.indices.contains(kind) else { throw .notAFeaturizer("it is of unknown kind \(kind)") }
    position = magic.count + 2
    return FeaturizerFormat.kinds[kind]
  }

  mutating func int(in range: ClosedRange<Int>) throws(FeatureError) -> Int {
    let value = try read(UInt64.self, count: 1)[0]
    guard let value = Int(exactly: value), range.contains(value) else {
      throw .notAFeaturizer("the number \(value) before byte \(position) is out of range")
    }
    return value
  }

  mutating func array<T: FixedWidthInteger>(_ type: T.Type, count expected: Int? = nil) throws(FeatureError) -> [T] {
    let count = try int(in: 0...bytes.count)
    if let expected, count != expected {
      throw .notAFeaturizer("a list has \(count) numbers, not \(expected)")
    }
    return try read(type, count: count)
  }

  mutating func floats(count expected: Int? = nil) throws(FeatureError) -> [Float] {
    try array(UInt32.self, count: expected).map { Float(bitPattern: $0) }
  }

  /// Whether bytes follow.
  var hasMore: Bool { position < bytes.count }

  func end() throws(FeatureError) {
    if position != bytes.count { throw .notAFeaturizer("\(bytes.count - position) bytes follow it") }
  }

  private mutating func read<T: FixedWidthInteger>(_ type: T.Type, count: Int) throws(FeatureError) -> [T] {
    let size = count * MemoryLayout<T>.size
    guard size <= bytes.count - position else { throw .notAFeaturizer("it ends too early, at byte \(bytes.count)") }
    defer { position += size }
    // Copied in one piece: a text featurizer holds millions of numbers, and a server reads one at start.
    let stored = [T](unsafeUninitializedCapacity: count) { target, written in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: .init(rebasing: source[position..<position + size]))
      }
      written = count
    }
    return T(1).littleEndian == 1 ? stored : stored.map(T.init(littleEndian:))
  }
}
