/// Why bytes are not a tensor file.
public enum SafeTensorsError: Error, Equatable, Sendable {
  /// The file ends before what its header announces.
  case truncated(expected: Int, actual: Int)
  /// The header claims to be longer than the format allows.
  case headerTooLong(UInt64)
  /// The header is not the JSON that the format asks for.
  case invalidHeader(String)
  /// A tensor's bytes do not follow on those of the tensor before it.
  case overlapOrGap(tensor: String, offset: Int, expected: Int)
  /// A tensor has a type other than F32 and I64.
  case unsupportedType(tensor: String, type: String)
  /// A tensor's shape does not fit the number of its bytes.
  case sizeMismatch(tensor: String, shape: [Int], bytes: Int)
  /// Bytes follow on the last tensor.
  case trailingBytes(Int)
}

extension SafeTensorsError: CustomStringConvertible {
  /// What is wrong with the file, and where.
  public var description: String {
    switch self {
    case .truncated(let expected, let actual):
      "The tensor file ends after \(actual) bytes, but needs at least \(expected); copy it again."
    case .headerTooLong(let length): "The tensor file's header claims \(length) bytes: it is not a safetensors file."
    case .invalidHeader(let reason): "The tensor file's header cannot be read: \(reason)."
    case .overlapOrGap(let tensor, let offset, let expected):
      "Tensor '\(tensor)' starts at \(offset) where \(expected) was due: tensors overlap or leave a gap."
    case .unsupportedType(let tensor, let type): "Tensor '\(tensor)' is of type \(type); only F32 and I64 are read."
    case .sizeMismatch(let tensor, let shape, let bytes):
      "Tensor '\(tensor)' of shape \(shape) cannot have \(bytes) bytes."
    case .trailingBytes(let count): "The tensor file has \(count) bytes behind its last tensor."
    }
  }
}

/// The JSON header of a tensor file: an entry for every tensor, and `__metadata__`.
struct SafeTensorsHeader: Codable {
  var metadata: [String: String]
  var entries: [String: Entry]

  struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    var start: Int { offsets.first ?? -1 }
    var end: Int { offsets.last ?? -1 }

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private static let metadataKey = "__metadata__"

  init(metadata: [String: String], entries: [String: Entry]) {
    self.metadata = metadata
    self.entries = entries
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    metadata = [:]
    entries = [:]
    for key in container.allKeys {
      if key.stringValue == Self.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    if !metadata.isEmpty { try container.encode(metadata, forKey: Name(Self.metadataKey)) }
    for (name, entry) in entries { try container.encode(entry, forKey: Name(name)) }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension SafeTensors.Tensor {
  var typeName: String { if case .float32 = values { "F32" } else { "I64" } }
  var elementSize: Int { if case .float32 = values { 4 } else { 8 } }

  /// Appends the elements as the format stores them, little-endian.
  func appendBytes(to data: inout [UInt8]) {
    switch values {
    case .float32(let elements):
      elements.map(\.bitPattern.littleEndian).withUnsafeBytes { data.append(contentsOf: $0) }
    case .int64(let elements):
      elements.map(\.littleEndian).withUnsafeBytes { data.append(contentsOf: $0) }
    }
  }

  /// Reads a tensor whose bytes lie in the file.
  init(_ name: String, _ entry: SafeTensorsHeader.Entry, _ bytes: ArraySlice<UInt8>) throws(SafeTensorsError) {
    let size: Int
    switch entry.dtype {
    case "F32": size = 4
    case "I64": size = 8
    default: throw .unsupportedType(tensor: name, type: entry.dtype)
    }
    var expected = size
    for extent in entry.shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: extent)
      if overflow || extent < 0 { throw .sizeMismatch(tensor: name, shape: entry.shape, bytes: bytes.count) }
      expected = product
    }
    if expected != bytes.count { throw .sizeMismatch(tensor: name, shape: entry.shape, bytes: bytes.count) }
    shape = entry.shape
    values = bytes.withUnsafeBytes { raw in
      if size == 4 {
        return .float32(
          (0..<raw.count / 4).map {
            Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
          })
      }
      return .int64(
        (0..<raw.count / 8).map { Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) })
    }
  }
}
