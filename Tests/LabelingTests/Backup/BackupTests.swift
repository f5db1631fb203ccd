import Domain
import Foundation
import Testing

@testable import Features
@testable import Labeling
@testable import Storage

@Suite struct BackupTests {
  @Test(arguments: [0, 1, 511, 512, 0o77777777777, 1 << 33, 1 << 40])
  func aHeaderSaysWhatItWasMadeOf(size: Int) {
    let header = TarFile.header(name: "blobs/ab/cdef", size: size, time: 1_800_000_000)
    #expect(header.count == 512)
    #expect(TarFile.parse(header) == .file(name: "blobs/ab/cdef", size: size))
    var damaged = header
    damaged[3] ^= 1
    #expect(TarFile.parse(damaged) == nil)
  }

  @Test func blocksAreFilledUp() {
    #expect(TarFile.padding(after: 0).isEmpty && TarFile.padding(after: 1024).isEmpty)
    #expect(TarFile.padding(after: 1).count == 511 && TarFile.padding(after: 1023).count == 1)
    #expect(TarFile.parse([UInt8](repeating: 0, count: 512)) == .end)
    #expect(TarFile.parse([1, 2, 3]) == nil)
  }

  @Test func namesThatBelongToABackup() {
    let hash = String(repeating: "0123456789abcdef", count: 4)
    #expect(BackupName("manifest.json") == .manifest)
    #expect(BackupName("winnow.sqlite") == .database)
    #expect(BackupName("blobs/\(hash.prefix(2))/\(hash.dropFirst(2))") == .picture(hash: hash))
    for name in ["features/1.v2.f32", "features/10.v1.featurizer", "models/3/14.safetensors"] {
      #expect(BackupName(name) == .derived)
    }
  }

  @Test(arguments: [
    "", "/etc/passwd", "../winnow.sqlite", "blobs/../../x", "blobs/ab/..",
    "blobs/zz/" + String(repeating: "0", count: 62),
    "blobs/0/" + String(repeating: "0", count: 63), "features/../1.v1.f32", "features/1.v1.exe", "features/x.v1.f32",
    "models/1/../2.safetensors", "models//1.safetensors", "models/1/.safetensors", "winnow.sqlite-wal", "winnow.lock",
    "winnow.sqlite/x", "MANIFEST.JSON",
  ])
  func namesThatDoNot(name: String) {
    #expect(BackupName(name) == nil)
  }

  @Test func sumsOfPiecesAreSumsOfTheWhole() {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var digest = Digest()
    for start in stride(from: 0, to: bytes.count, by: 777) {
      digest.update(bytes[start..<min(start + 777, bytes.count)])
    }
    #expect(digest.hexadecimal() == Secret.hexadecimal(Secret.hash(bytes)))
    #expect(Digest().hexadecimal() == Secret.hexadecimal(Secret.hash([UInt8]())))
  }

  @Test func theMomentOfTheCopyCounts() async throws {
    let test = try TestService()
    let project = try await test.project()
    let ann = try await test.user("ann")
    try await test.pushTexts(5, to: project, by: ann)
    let target = test.path + "-copy"
    defer { try? FileManager.default.removeItem(atPath: target) }
    let source = try BackupSource(of: test.service)
    try await test.pushTexts(5, to: project, by: ann, from: 5)
    let summary = try source.writeFolder(target)
    #expect(summary.missingPictures == 0)
    let copy = try DatabaseCopy(path: target + "/winnow.sqlite", readOnly: true)
    #expect(try copy.read { try $0.stateCounts(of: project).values.reduce(0, +) } == 5)
    copy.close()
    let known = try Store.newestSchema(migrations: TestService.migrations)
    #expect(throws: BackupError.self) {
      try Restoration(from: target).restore(to: test.path, knownSchema: known)
    }
    _ = try Restoration(from: target).verify(knownSchema: known)
    #expect(throws: BackupError.self) { try Restoration(from: target).verify(knownSchema: known - 1) }
  }

  /// Items that are removed while their pictures are read are removed from the copy as well.
  @Test func whatIsDeletedMeanwhileIsNotInTheCopy() async throws {
    let test = try TestService()
    let project = try await test.project(modality: .image)
    let ann = try await test.user("ann")
    let rows = try (0..<4).map { number in
      var row = ItemRow()
      row.key = "k\(number)"
      row.imageBytes = try ImageCodec.encodePNG(
        DecodedImage(width: 1, height: 1, channels: 1, pixels: [UInt8(number * 50)]))
      return row
    }
    #expect(try await test.push(rows, to: project, by: ann).created == 4)
    let source = try BackupSource(of: test.service)
    let first = try #require(try test.store.read { try $0.item(key: "k0", in: project) })
    try await test.service.deleteItem(first.id, in: project)
    let target = test.path + "-copy"
    defer { try? FileManager.default.removeItem(atPath: target) }
    #expect(try source.writeFolder(target).missingPictures == 0)
    let copy = try DatabaseCopy(path: target + "/winnow.sqlite", readOnly: true)
    #expect(try copy.read { try $0.stateCounts(of: project).values.reduce(0, +) } == 3)
    copy.close()
    _ = try Restoration(from: target).verify(knownSchema: try Store.newestSchema(migrations: TestService.migrations))
  }

  @Test func aCopyThatIsCalledOffLeavesNothing() async throws {
    let test = try TestService()
    #expect(throws: CancellationError.self) {
      _ = try BackupSource(of: test.service, isCancelled: { true })
    }
    #expect(DurableFiles.names(in: test.folder.temporaries).isEmpty)
  }
}
