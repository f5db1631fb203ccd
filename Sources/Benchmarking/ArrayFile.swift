import Foundation
import Tensors

/// Files in NumPy's format, version 1.0, for programs of other languages.
enum ArrayFile {
  /// Writes a matrix as float32 `(n, d)`.
  static func write(_ matrix: Matrix, to file: URL) throws {
    var data = header("<f4", [matrix.rows, matrix.columns])
    matrix.withUnsafeBufferPointer { data.append($0) }
    try data.write(to: file)
  }

  /// Writes integers as int64 `(n)`.
  static func write(_ values: [Int], to file: URL) throws {
    var data = header("<i8", [values.count])
    values.map { Int64($0).littleEndian }.withUnsafeBufferPointer { data.append($0) }
    try data.write(to: file)
  }

  /// Magic, version, and a dictionary padded so that the values start at a multiple of 64 bytes.
  private static func header(_ type: String, _ shape: [Int]) -> Data {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    withUnsafeBytes(of: UInt16(text.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(Data(text.utf8))
    return data
  }
}
