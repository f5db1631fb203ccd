import Domain
import Foundation
import HTTPCore
import Testing

/// Pictures and archives that are small and mean to be huge.
@Suite struct BombTests {
  private static func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A PNG whose header declares a size; nothing behind it is read where that is too much.
  private static func png(_ width: Int, _ height: Int, depth: UInt8 = 8) -> [UInt8] {
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + big(13, 4) + Array("IHDR".utf8) + big(width, 4) + big(height, 4)
      + [depth, 2, 0, 0, 0] + big(0, 4) + big(0, 4) + Array("IEND".utf8) + big(0xAE42_6082, 4)
  }

  /// A JPEG whose frame header declares a size.
  private static func jpeg(_ width: Int, _ height: Int, marker: UInt8 = 0xC0) -> [UInt8] {
    [0xFF, 0xD8, 0xFF, marker, 0, 17, 8] + big(height, 2) + big(width, 2) + [3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]
      + [0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0xFF, 0xD9]
  }

  @Test func picturesThatDeclareTooMuchAreRefused() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["a"])
      let target = "projects/\(project)/items"
      let bombs = [
        Self.png(50_000, 50_000), Self.png(1 << 31 - 1, 1 << 31 - 1), Self.png(1 << 31, 1), Self.png(0, 1),
        Self.png(50_000, 50_000, depth: 16), Self.png(8000, 8001), Self.jpeg(50_000, 50_000),
        Self.jpeg(65_535, 65_535, marker: 0xC2), Self.jpeg(0, 1),
      ]
      for (index, bomb) in bombs.enumerated() {
        let type = bomb[0] == 0x89 ? "image/png" : "image/jpeg"
        let direct = try await engineer.send(.post, target + "?key=\(index)", chunks: [bomb], type: type)
        let base64 = try await engineer.post(
          target, #"{"items": [{"key": "b\#(index)", "image": "\#(Data(bomb).base64EncodedString())"}]}"#)
        let zip = try await engineer.send(
          .post, target, chunks: [ZipFile.bytes([("\(index).png", bomb)])], type: "application/zip")
        for answer in [direct, base64, zip] {
          #expect(answer.json["rejected_count"]?.int == 1, "\(index): \(answer.text)")
        }
      }
      let tooLarge = try await engineer.send(.post, target, chunks: [Self.png(50_000, 50_000)], type: "image/png")
      #expect(tooLarge.json["rejected"]?[0]?["detail"]?.text?.contains("50000 × 50000") == true, "\(tooLarge.text)")
      #expect(try await engineer.get(target).json["items"]?.list?.isEmpty == true)
    }
  }

  @Test func picturesThatBreakOffAreRefused() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["a"])
      let whole = Array(try #require(Data(base64Encoded: Picture.base64)))
      // Without its last chunk, which says nothing, and the checksum before it, a PNG is whole.
      for count in 1..<(whole.count - 16) {
        let answer = try await engineer.send(
          .post, "projects/\(project)/items", chunks: [Array(whole.prefix(count))], type: "image/png")
        #expect(answer.json["rejected_count"]?.int == 1, "\(count)")
      }
      // An animated PNG is the picture that it shows first.
      var animated = Array(whole.prefix(33))
      animated += Self.big(8, 4) + Array("acTL".utf8) + Self.big(1_000_000, 4) + Self.big(0, 4)
      animated += Self.big(Self.checksum(animated[37..<49]), 4) + whole.dropFirst(33)
      let answer = try await engineer.send(
        .post, "projects/\(project)/items", chunks: [animated], type: "image/png")
      #expect(answer.json["created"]?.int == 1, "\(answer.text)")
    }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    var state: UInt32 = .max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    return Int(~state)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] { big(value, count).reversed() }

  /// A zip file whose entries overlap: each holds the headers of all that follow it, and the same bytes at the end.
  ///
  /// Source: Fifield, "A better zip bomb", 2019; here without compression, which it does not need.
  private static func overlapping(entries: Int, kernel: Int) -> [UInt8] {
    let headerBytes = 30 + 9
    var (files, directory) = ([UInt8](), [UInt8]())
    for index in 0..<entries {
      let name = Array(("00000" + "\(index)").suffix(5).utf8) + Array(".png".utf8)
      let size = little((entries - 1 - index) * headerBytes + kernel, 4)
      let common =
        little(20, 2) + little(0, 6) + little(0x21, 2) + little(0, 4) + size + size + little(9, 2) + little(0, 2)
      directory += [0x50, 0x4B, 1, 2] + little(3 << 8 | 20, 2) + common + little(0, 6)
      directory += little(0o100644 << 16, 4) + little(files.count, 4) + name
      files += [0x50, 0x4B, 3, 4] + common + name
    }
    files += [UInt8](repeating: 0, count: kernel)
    return files + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(entries, 2) + little(entries, 2)
      + little(directory.count, 4) + little(files.count, 4) + little(0, 2)
  }

  @Test func archivesThatGrowWithoutEndAreCutShort() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["a"])
      let target = "projects/\(project)/items"
      // 900 KB that would unpack to 400 MB.
      let bomb = Self.overlapping(entries: 500, kernel: 800_000)
      let answer = try await engineer.send(.post, target, chunks: [bomb], type: "application/zip")
      #expect(answer.status == 400)
      #expect(answer.json["detail"]?.text?.contains("grows beyond") == true, "\(answer.text)")
      // The same without overlaps is only a file of things that are no pictures.
      let few = try await engineer.send(
        .post, target, chunks: [Self.overlapping(entries: 2, kernel: 1000)], type: "application/zip")
      #expect(few.status == 200 && few.json["rejected_count"]?.int == 2, "\(few.text)")
    }
  }

  @Test func archivesInArchivesStayClosed() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["a"])
      var inner = ZipFile.bytes([("a.png", [1, 2, 3])])
      for _ in 0..<10 { inner = ZipFile.bytes([("inner.zip", inner), ("disguised.png", inner)]) }
      let answer = try await engineer.send(
        .post, "projects/\(project)/items", chunks: [inner], type: "application/zip")
      #expect(answer.json["rejected_count"]?.int == 2, "\(answer.text)")
    }
  }

  @Test func archivesOfTooManyEntriesAreRefused() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["a"])
      // A directory of 40 MB with the same record over and over: refused by its length, before it is read.
      let record = [0x50, 0x4B, 1, 2] + [UInt8](repeating: 0, count: 42)
      var file = ZipFile.bytes([("a.png", [1])])
      file = Array(file.prefix(4)) + [UInt8](repeating: 0, count: 60)
      let start = file.count
      for _ in 0..<900_000 { file += record }
      let size = file.count - start
      file += [0x50, 0x4B, 5, 6] + Self.little(0, 4) + Self.little(0xFFFF, 2) + Self.little(0xFFFF, 2)
      file += Self.little(size, 4) + Self.little(start, 4) + Self.little(0, 2)
      let answer = try await engineer.send(
        .post, "projects/\(project)/items", chunks: [file], type: "application/zip")
      #expect(answer.status == 400 && answer.json["detail"]?.text?.contains("entries") == true, "\(answer.text)")
    }
  }
}
