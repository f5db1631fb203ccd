import Domain
import Foundation
import HTTPCore
import Testing

@Suite struct ArchiveUploadTests {
  private let png: [UInt8]

  init() throws { png = Array(try #require(Data(base64Encoded: Picture.base64))) }

  private func counts(_ answer: Answer) -> [Int?] {
    ["received", "created", "duplicates", "rejected_count"].map { answer.json[$0]?.int }
  }

  private func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
  }

  private func keys(_ client: Client, _ target: String) async throws -> [String] {
    try await client.get(target).json["items"]?.list?.compactMap { $0["key"]?.text } ?? []
  }

  @Test func picturesComeInFoldersOfTheirClasses() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["cat", "dog"])
      let target = "projects/\(project)/items"
      let file = ZipFile.bytes(
        ["cat/1.png", "cat/ü.PNG", "train/dog/1.png", "top.png", "__MACOSX/cat/._1.png", "cat/.DS_Store"]
          .map { ($0, png) })
      let answer = try await engineer.send(
        .post, target + "?label_from=folder", chunks: pieces(file, of: 100), type: "application/zip")
      #expect(answer.status == 200)
      #expect(counts(answer) == [4, 4, 0, 0], "\(answer.text)")
      #expect(try await keys(engineer, target) == ["cat/1.png", "cat/ü.PNG", "train/dog/1.png", "top.png"])
      #expect(try await keys(engineer, target + "?label=cat") == ["cat/1.png", "cat/ü.PNG"])
      #expect(try await keys(engineer, target + "?label=dog") == ["train/dog/1.png"])
      #expect(try await keys(engineer, target + "?state=unlabelled") == ["top.png"])
      let items = try await engineer.get(target).json["items"]?.list ?? []
      #expect(try await engineer.get(try #require(items[2]["image_url"]?.text)).bytes == png)
      // Sent again, they are known; without the parameter a folder is nothing but a part of the key.
      let again = try await engineer.send(.post, target, chunks: [file], type: "application/zip")
      #expect(counts(again) == [4, 0, 4, 0])
      let plain = try await engineer.send(
        .post, target, chunks: [ZipFile.bytes([("cat/9.png", png)])], type: "application/x-zip-compressed")
      #expect(counts(plain) == [1, 1, 0, 0])
      #expect(try await keys(engineer, target + "?state=unlabelled") == ["top.png", "cat/9.png"])
      let empty = try await engineer.send(.post, target, chunks: [ZipFile.bytes([])], type: "application/zip")
      #expect(counts(empty) == [0, 0, 0, 0])
      let odd = try await engineer.send(
        .post, target + "?label_from=name", chunks: [file], type: "application/zip")
      #expect(odd.status == 422 && odd.pointers == ["/label_from"])
    }
  }

  @Test func badEntriesSinkNoOthers() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["cat"])
      let target = "projects/\(project)/items"
      var file = ZipFile.bytes(
        [
          ("damaged.png", [UInt8](repeating: 0x77, count: 90)), ("a.png", png), ("notes.txt", [1]),
          ("../../x.png", png), ("no.png", [1, 2]), ("secret.png", png), ("bird/1.png", png), ("empty.jpg", []),
          ("cat/b.png", png),
        ], encrypted: ["secret.png"])
      file[try #require(file.firstIndex(of: 0x77))] = 0x78
      let answer = try await engineer.send(
        .post, target + "?label_from=folder", chunks: [file], type: "application/zip")
      #expect(counts(answer) == [9, 2, 0, 7], "\(answer.text)")
      let rejected = Dictionary(
        uniqueKeysWithValues: (answer.json["rejected"]?.list ?? []).map { ($0["row"]?.int ?? -1, $0["pointer"]?.text) })
      #expect(
        rejected == [
          0: "/image", 2: "/image", 3: "/key", 4: "/image", 5: "/image", 6: "/label", 7: "/image",
        ])
      #expect(answer.text.contains("notes.txt") && answer.text.contains("encrypted"))
      #expect(try await keys(engineer, target) == ["a.png", "cat/b.png"])
    }
  }

  @Test func manyPicturesAreTakenInBatches() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["cat"])
      let file = ZipFile.bytes((0..<1_203).map { ("\($0)." + ($0 == 1_100 ? "gif" : "png"), png) })
      let answer = try await engineer.send(
        .post, "projects/\(project)/items", chunks: pieces(file, of: 65_536), type: "application/zip")
      #expect(counts(answer) == [1_203, 1_202, 0, 1])
      #expect(answer.json["rejected"]?[0]?["row"]?.int == 1_100)
    }
  }

  @Test func whatIsCutOffLeavesNothing() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image", labels: ["cat"])
      let target = "projects/\(project)/items"
      let file = ZipFile.bytes((0..<40).map { ("cat/\($0).png", png + [UInt8](repeating: 0, count: 60_000)) })
      func left() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: server.folder).filter { !$0.hasPrefix("winnow.") }.sorted()
      }
      let before = try left()
      // The connection breaks, or more comes than is taken, after more than a megabyte.
      for (failure, status) in [(BodyError.truncated, 400), (.tooLarge(limit: 1 << 30), 413)] {
        let answer = try await engineer.send(
          .post, target, chunks: pieces(Array(file.dropLast(9)), of: 65_536), then: failure, type: "application/zip")
        #expect(answer.status == status)
      }
      // The body is whole but the file in it is not, or is none.
      for (body, word) in [
        (Array(file.dropLast(9)), "too early"), (Array("hello".utf8), "not a zip"), ([], "not a zip"),
      ] {
        let answer = try await engineer.send(.post, target, chunks: [body], type: "application/zip")
        #expect(answer.status == 400)
        #expect(answer.json["detail"]?.text?.contains(word) == true, "\(answer.text)")
        #expect(answer.json["detail"]?.text?.contains("0 items before") == true)
      }
      #expect(try await keys(engineer, target) == [])
      #expect(try left() == before)
      // A project of texts has no use for pictures, and says so of each.
      let texts = try await engineer.project("Texts")
      let wrong = try await engineer.send(
        .post, "projects/\(texts)/items", chunks: [ZipFile.bytes([("a.png", png)])], type: "application/zip")
      #expect(counts(wrong) == [1, 0, 0, 1])
    }
  }
}
