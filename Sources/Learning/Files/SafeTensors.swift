import Foundation

/// The contents of a `.safetensors` file: named arrays and text metadata.
///
/// Reads and writes arrays of float32 and int64, which is what models of this project consist of.
/// Format: https://huggingface.co/docs/safetensors, version 0.4 and later.
public struct SafeTensors: Sendable, Equatable {
  /// One array.
  public struct Tensor: Sendable, Equatable {
    /// Its shape, row-major; empty for a single number.
    public let shape: [Int]
    /// Its elements.
    public let values: Values

    /// The elements of a tensor by type.
    public enum Values: Sendable, Equatable {
      /// Type `F32`.
      case float32([Float])
      /// Type `I64`.
      case int64([Int64])
    }

    /// Creates an array; the product of `shape` must be the number of elements.
    public init(shape: [Int], values: Values) {
      let count =
        switch values {
        case .float32(let elements): elements.count
        case .int64(let elements): elements.count
        }
      precondition(shape.reduce(1, *) == count, "\(count) elements cannot have shape \(shape)")
      self.shape = shape
      self.values = values
    }

    /// The elements where they are float32, else nil.
    public var floats: [Float]? { if case .float32(let elements) = values { elements } else { nil } }
  }

  /// Arrays by name.
  public var tensors: [String: Tensor]
  /// Free text by name.
  public var metadata: [String: String]

  /// Creates the contents of a file.
  public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The bytes of the file; equal contents give equal bytes.
  ///
  /// - Throws: what JSON encoding throws, which for text does not happen.
  public func encode() throws -> [UInt8] {
    // Eight-byte elements first, so that every array is aligned; then by name.
    let names = tensors.keys.sorted {
      let (left, right) = (tensors[$0]?.elementSize ?? 0, tensors[$1]?.elementSize ?? 0)
      return left == right ? $0 < $1 : left > right
    }
    var header = SafeTensorsHeader(metadata: metadata, entries: [:])
    var data: [UInt8] = []
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let start = data.count
      tensor.appendBytes(to: &data)
      header.entries[name] = .init(dtype: tensor.typeName, shape: tensor.shape, offsets: [start, data.count])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = [UInt8](try encoder.encode(header))
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    var bytes = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
    bytes.append(contentsOf: json)
    bytes.append(contentsOf: data)
    return bytes
  }

  /// Reads the bytes of a file, checking everything that the format promises.
  ///
  /// - Throws: ``SafeTensorsError``.
  public init(decoding bytes: [UInt8]) throws(SafeTensorsError) {
    guard bytes.count >= 8 else { throw .truncated(expected: 8, actual: bytes.count) }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= 100_000_000 else { throw .headerTooLong(length) }
    let dataStart = 8 + Int(length)
    guard bytes.count >= dataStart else { throw .truncated(expected: dataStart, actual: bytes.count) }
    let header: SafeTensorsHeader
    do {
      header = try JSONDecoder().decode(SafeTensorsHeader.self, from: Data(bytes[8..<dataStart]))
    } catch {
      throw .invalidHeader(String(describing: error))
    }
    metadata = header.metadata
    tensors = [:]
    var next = 0
    for (name, entry) in header.entries.sorted(by: { ($0.value.start, $0.value.end) < ($1.value.start, $1.value.end) })
    {
      guard entry.offsets.count == 2, entry.start >= 0, entry.end >= entry.start else {
        throw .invalidHeader("tensor '\(name)' has data_offsets \(entry.offsets)")
      }
      guard entry.start == next else { throw .overlapOrGap(tensor: name, offset: entry.start, expected: next) }
      guard entry.end <= bytes.count - dataStart else {
        throw .truncated(
          expected: dataStart.addingReportingOverflow(entry.end).overflow ? .max : dataStart + entry.end,
          actual: bytes.count)
      }
      tensors[name] = try Tensor(name, entry, bytes[dataStart + entry.start..<dataStart + entry.end])
      next = entry.end
    }
    guard dataStart + next == bytes.count else { throw .trailingBytes(bytes.count - dataStart - next) }
  }
}
