import CWinnowZlib
import Foundation
import Testing

@testable import Formats

/// Readers of compressed and binary files: no crash, nothing beyond the bounds, typed errors.
@Suite struct BinaryReadersFuzz {
  private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: bytes.count + 1024) { output, count in
      count = winnow_gzip(bytes, bytes.count, output.baseAddress, output.count)
    }
  }

  private static let bound = 1 << 20

  private func inflate(_ chunks: [[UInt8]], detect: Bool) -> String {
    var output: [UInt8] = []
    do throws(GzipError) {
      var reader = try GzipReader(detect: detect, pieceBytes: 4096, maxBytes: Self.bound)
      for chunk in chunks {
        reader.feed(chunk)
        while let piece = try reader.next() { output += piece }
      }
      output += try reader.finish()
    } catch {
      // What comes out before an error, and where it is found, depends on zlib's look-ahead.
      switch error {
      case .corrupt, .truncated: return "damaged"
      default: return "\(error)"
      }
    }
    return "\(output.count) \(output.hashValue)"
  }

  @Test func gzip() throws {
    let text = Array(String(repeating: "some text, ", count: 200).utf8)
    let mutator = Mutator(
      seeds: [
        Self.gzip(text), Self.gzip([]), Self.gzip(text) + Self.gzip([1, 2, 3]) + [0, 0, 0],
        Self.gzip([UInt8](repeating: 0, count: 200_000)),
        Self.gzip((0..<600).map { UInt8(truncatingIfNeeded: $0 * 167) }), text,
        [0x1F, 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 4, 0, 1, 2, 3, 4, 65, 0, 66, 0, 0, 0],
      ], words: ["\u{1F}", "\0"])
    try Fuzz.run("gzip", mutator) { bytes, random in
      for detect in [true, false] {
        let chunks = Mutator.chunks(bytes, &random)
        let (whole, pieces) = (inflate([bytes], detect: detect), inflate(chunks, detect: detect))
        if let fault = Fuzz.compare(whole, pieces) { return fault }
      }
      return nil
    }
  }

  /// Reads an archive as uploads are; returns what is wrong.
  private func read(_ descriptor: Int32, _ limits: ArchiveLimits) throws -> String? {
    var (entries, bytes) = (0, 0)
    do {
      var reader = try ArchiveReader(descriptor: descriptor, limits: limits)
      while let entry = try reader.next() {
        entries += 1
        if let path = entry.path,
          path.hasPrefix("/") || path.split(separator: "/").contains("..") || path.contains("\0")
        {
          return "the path \(path)"
        }
        if entries % 3 == 0 { continue }
        if case .bytes(let content) = try reader.content() {
          if content.count > limits.entryBytes { return "a content of \(content.count) bytes" }
          bytes += content.count
        }
      }
    } catch is ArchiveError {}
    if entries > limits.entries { return "\(entries) entries" }
    return bytes > limits.totalBytes ? "\(bytes) bytes" : nil
  }

  @Test func zip() throws {
    let folder = FileManager.default.temporaryDirectory.path
    var template = Array("\(folder)/winnow-fuzz-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    try #require(file >= 0)
    defer { close(file) }
    unlink(template)
    let mutator = Mutator(
      seeds: ZipSeeds.all(gzip: Self.gzip), words: ["PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "../"])
    let limits = ArchiveLimits(entries: 20, entryBytes: 100_000, totalBytes: 400_000)
    try Fuzz.run("zip", mutator) { bytes, _ in
      ftruncate(file, 0)
      _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
      return try read(file, limits)
    }
  }

  @Test func arrays() throws {
    func npy(_ version: UInt8, _ header: String, _ content: [UInt8]) -> [UInt8] {
      let length = header.utf8.count
      let size = version == 1 ? 2 : 4
      return [0x93] + Array("NUMPY".utf8) + [version, 0]
        + (0..<size).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + content
    }
    let mutator = Mutator(
      seeds: [
        npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", [UInt8](repeating: 7, count: 24)),
        npy(2, "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n", [UInt8](repeating: 255, count: 16)),
        npy(1, "{'descr': '<U3', 'fortran_order': False, 'shape': (1,), }\n", Array("a\0\0\0b\0\0\0c\0\0\0".utf8)),
        npy(3, "{'descr': '|S4', 'fortran_order': False, 'shape': (), }\n", Array("abcd".utf8)),
        npy(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (0, 4), }\n", []),
        npy(1, "{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }\n", [0, 0x7C, 1, 0x7E]),
        npy(1, "{'descr': '<U4611686018427387904', 'fortran_order': False, 'shape': (1,), }\n", [0, 0, 0, 0]),
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6],
      ],
      words: [
        "9223372036854775807", "18446744073709551616", "-1", "(", ")", "'", "<U", "4611686018427387904", "|S0", ",",
        "½",
      ])
    try Fuzz.run("npy", mutator) { bytes, _ in
      if let array = try? NPYArray(decoding: bytes, name: "a") {
        let (numbers, names) = (array.numbers, array.names)
        if numbers.count > bytes.count || names.count > bytes.count { return "\(numbers.count), \(names.count) values" }
      }
      if let array = try? IDXFile(decoding: bytes, name: "a"), array.bytes.count > bytes.count { return "too many" }
      return nil
    }
  }
}
