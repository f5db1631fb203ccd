import CWinnowZlib
import Foundation
import Testing

@testable import Formats

func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: bytes.count + 1_000)
  let written = winnow_gzip(bytes, bytes.count, &output, output.count)
  return Array(output[..<written])
}

struct GzipReaderTests {
  /// Long and only partly compressible, so that it spans several pieces and chunks.
  private let plain: [UInt8] = (0..<300_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 7 ^ $0) }

  private func read(_ chunks: [[UInt8]], detect: Bool = false, maxBytes: Int = .max) throws -> [UInt8] {
    var reader = try GzipReader(detect: detect, pieceBytes: 1_000, maxBytes: maxBytes)
    var output: [UInt8] = []
    for chunk in chunks {
      reader.feed(chunk)
      while let piece = try reader.next() {
        #expect(!piece.isEmpty && piece.count <= 1_000)
        output += piece
      }
    }
    return output + (try reader.finish())
  }

  @Test func decompressesWhateverTheChunks() throws {
    let packed = gzip(plain)
    #expect(GzipReader.isGzip(packed))
    #expect(try read([packed]) == plain)
    for size in [7, 1_024, 65_536] {
      let chunks = stride(from: 0, to: packed.count, by: size).map {
        Array(packed[$0..<min($0 + size, packed.count)])
      }
      #expect(try read(chunks) == plain)
    }
    let small = gzip(Array("hello".utf8))
    for chunks in splits(of: small) { #expect(try read(chunks, detect: true) == Array("hello".utf8)) }
  }

  @Test func readsSeveralMembersAndIgnoresPadding() throws {
    let packed = gzip([1, 2, 3]) + gzip([]) + gzip([4]) + [0, 0, 0]
    #expect(try read([packed]) == [1, 2, 3, 4])
    #expect(try read(packed.map { [$0] }) == [1, 2, 3, 4])
  }

  @Test func saysThatDataIsTruncatedOrDamaged() throws {
    let packed = gzip(plain)
    #expect(throws: GzipError.truncated(offset: 1_000)) { try read([Array(packed[..<1_000])]) }
    #expect(throws: GzipError.truncated(offset: packed.count - 1)) { try read([packed.dropLast()]) }
    #expect(throws: GzipError.truncated(offset: 0)) { try read([]) }
    for position in [0, 3, packed.count / 2, packed.count - 6, packed.count - 1] {
      var damaged = packed
      damaged[position] ^= 0x55
      let error = #expect(throws: GzipError.self) { try read([damaged]) }
      if case .corrupt(let offset, let message) = error {
        #expect(offset <= packed.count && !message.isEmpty)
      } else if case .truncated = error {
        // A damaged length can also ask for more than there is.
      } else {
        Issue.record("damaged data gave \(String(describing: error))")
      }
    }
    #expect(throws: GzipError.self) { try read([packed + [7, 7, 7]]) }
  }

  @Test func stopsABombAtItsBound() throws {
    let bomb = gzip([UInt8](repeating: 0, count: 5_000_000))
    #expect(bomb.count < 10_000)
    #expect(throws: GzipError.tooLong(maxBytes: 100_000)) { try read([bomb], maxBytes: 100_000) }
  }

  @Test(arguments: ["", "x", "plain text", "\u{1F}x"])
  func passesPlainBytesThroughWhenDetecting(_ text: String) throws {
    for chunks in splits(of: Array(text.utf8)) { #expect(try read(chunks, detect: true) == Array(text.utf8)) }
  }

  @Test func readsFilesCompressedOrNot() throws {
    let folder = try TemporaryFolder()
    for (name, content) in [("a.bin", plain), ("a.gz", gzip(plain)), ("empty", [])] {
      let path = try folder.write(content, to: name)
      var file = try FileChunks(path: path, chunkBytes: 4_096)
      var output: [UInt8] = []
      try file.forEach { output += $0 }
      #expect(output == (name == "empty" ? [] : plain))
      #expect(try file.next() == nil)
    }
    let missing = folder.path + "/missing"
    let error = #expect(throws: FileError.self) { _ = try FileChunks(path: missing) }
    #expect(error?.description == "can't open \(missing): No such file or directory")
  }
}
