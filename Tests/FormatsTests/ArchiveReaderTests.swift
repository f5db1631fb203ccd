import Foundation
import Testing

@testable import Formats

struct ArchiveReaderTests {
  private func read(
    _ file: [UInt8], limits: ArchiveLimits = ArchiveLimits()
  ) throws -> [(entry: ArchiveEntry, content: ArchiveContent)] {
    let folder = try TemporaryFolder()
    var reader = try ArchiveReader(path: try folder.write(file, to: "test.zip"), limits: limits)
    var found: [(ArchiveEntry, ArchiveContent)] = []
    while let entry = try reader.next() { found.append((entry, try reader.content())) }
    #expect(try reader.next() == nil)
    return found
  }

  private let long: [UInt8] = (0..<700_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 7 ^ $0) }

  @Test func readsFilesInTheirOrder() throws {
    var zip = ZipFixture()
    zip.add("cat/2.png", [1, 2, 3])
    zip.add(Array("dog/".utf8), [], mode: 0o040755)
    zip.add("dog/1.JPG", long, deflated: true)
    zip.add("train/ant/1.jpeg", [])
    zip.add("./top", [9], deflated: true)
    let found = try read(zip.file)
    #expect(found.map(\.entry.path) == ["cat/2.png", "dog/1.JPG", "train/ant/1.jpeg", "top"])
    #expect(found.map(\.entry.folder) == ["cat", "dog", "ant", nil])
    #expect(found.map(\.entry.fileExtension) == ["png", "jpg", "jpeg", ""])
    #expect(found.map(\.content) == [.bytes([1, 2, 3]), .bytes(long), .bytes([]), .bytes([9])])
    #expect(try read(ZipFixture().file).isEmpty)
    // What stands before a zip file, such as a program that unpacks it, is no part of it.
    #expect(try read([UInt8](repeating: 7, count: 1_000) + zip.file).map(\.content) == found.map(\.content))
  }

  @Test func contentsThatAreNotAskedForAreNotUnpacked() throws {
    var zip = ZipFixture()
    for index in 0..<50 { zip.add("\(index).png", long, deflated: true) }
    let folder = try TemporaryFolder()
    let path = try folder.write(zip.file, to: "test.zip")
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    // The bound on what is unpacked is too low for more than one.
    var reader = try ArchiveReader(
      descriptor: file.fileDescriptor, limits: ArchiveLimits(totalBytes: long.count + 10))
    var names: [String?] = []
    while let entry = try reader.next() {
      names.append(entry.path)
      if entry.path == "31.png" { #expect(try reader.content() == .bytes(long)) }
    }
    #expect(names == (0..<50).map { "\($0).png" })
  }

  @Test func passesOverWhatIsNoFileOfTheUsers() throws {
    var zip = ZipFixture()
    for name in ["__MACOSX/cat/._1.png", "cat/.DS_Store", ".git/1.png", "cat/..1.png"] { zip.add(name, [1]) }
    zip.add(Array("cat/link.png".utf8), Array("/etc/passwd".utf8), mode: 0o120777)
    zip.add("cat/1.png", [5])
    #expect(try read(zip.file).map(\.entry.path) == ["cat/1.png"])
  }

  @Test(arguments: [
    ("../../x.png", nil), ("a/../b.png", nil), ("..", nil), ("/etc/x.png", "etc/x.png"), ("a//./b.png", "a/b.png"),
    ("./b.png", "b.png"), ("a b/ü😀.png", "a b/ü😀.png"), ("C:\\x\\y.png", "C:/x/y.png"), ("..\\x.png", nil),
  ]) func namesNeverLeadOut(_ name: String, _ path: String?) throws {
    for utf8 in [true, false] {
      var zip = ZipFixture()
      zip.add(Array(name.utf8), [4], utf8: utf8)
      let found = try read(zip.file)
      #expect(found.map(\.entry.path) == [path])
      // Some Windows programs write folders their own way.
      #expect(found.map(\.entry.name) == [name.replacing("\\", with: "/")])
      #expect(found.map(\.content) == [.bytes([4])])
    }
  }

  @Test func namesThatAreNotUTF8AreOfTheOldCodePage() throws {
    var zip = ZipFixture()
    zip.add([0x81, 0x2F, 0xE1, 0xFF, 0x2E, 0x70, 0x6E, 0x67], [1])
    zip.add([0x80], [2])
    let found = try read(zip.file)
    #expect(found.map(\.entry.path) == ["ü/ß\u{A0}.png", "Ç"])
    #expect(Set((0x80...0xFF).map { ArchiveName.decode([$0]) }).count == 128)
    // Said to be UTF-8 and is none: whatever the name becomes, the file is there.
    var wrong = ZipFixture()
    wrong.add([0x61, 0xFF, 0xFE], [1], utf8: true)
    #expect(try read(wrong.file).map(\.content) == [.bytes([1])])
  }

  @Test func aBadContentSinksNoOthers() throws {
    var zip = ZipFixture()
    zip.add("a.png", [1])
    zip.add(Array("secret.png".utf8), [UInt8](repeating: 6, count: 40), encrypted: true)
    zip.add("checksum.png", [1, 2, 3])
    zip.damage(at: zip.bytes.count - 1)
    zip.add("deflate.png", long, deflated: true)
    zip.damage(at: zip.bytes.count - 1_000)
    zip.add(Array("method.png".utf8), [1], method: 77)
    zip.add("long.png", long, deflated: true)
    zip.add("z.png", [2])
    let found = try read(zip.file, limits: ArchiveLimits(entryBytes: 600_000))
    #expect(found.map(\.entry.path).count == 7)
    #expect(found.map(\.entry.isEncrypted) == [false, true, false, false, false, false, false])
    let contents = found.map(\.content)
    #expect(contents[0] == .bytes([1]) && contents[1] == .encrypted && contents[6] == .bytes([2]))
    for index in [2, 4] {
      guard case .damaged(let message) = contents[index] else {
        Issue.record("entry \(index) is \(contents[index])")
        continue
      }
      #expect(!message.isEmpty)
    }
    #expect(contents[5] == .tooLong(maxBytes: 600_000))
    if case .bytes = contents[3] { Issue.record("damaged bytes were taken") }
  }

  @Test func saysThatAFileIsNoneOrIsCutOff() throws {
    var zip = ZipFixture()
    zip.add("a.png", long)
    zip.add("b.png", [1])
    let file = zip.file
    for count in [file.count - 1, file.count - 22, zip.bytes.count, 1_000, 4] {
      #expect(throws: ArchiveError.truncated) { try read(Array(file[..<count])) }
    }
    for other in [[], [0x50], Array("not a zip file".utf8), gzip(long), [UInt8](repeating: 0, count: 70_000)] {
      #expect(throws: ArchiveError.notAnArchive) { try read(other) }
    }
    #expect(throws: ArchiveError.notAnArchive) { _ = try ArchiveReader(path: "/") }
    #expect(throws: FileError.self) { _ = try ArchiveReader(path: "/nonexistent/winnow.zip") }
    for position in file.indices.suffix(130) {
      var damaged = file
      damaged[position] ^= 0x55
      // A directory that was changed anywhere is refused or read, and never ends the process.
      do { #expect(try read(damaged).count <= 2) } catch { #expect(error is ArchiveError, "\(error)") }
    }
  }

  @Test func stopsBombsAtTheirBounds() throws {
    var zip = ZipFixture()
    for index in 0..<10 { zip.add("\(index).png", [UInt8](repeating: 0, count: 1_000_000), deflated: true) }
    #expect(zip.file.count < 20_000)
    #expect(throws: ArchiveError.tooLong(maxBytes: 3_500_000)) {
      try read(zip.file, limits: ArchiveLimits(totalBytes: 3_500_000))
    }
    #expect(throws: ArchiveError.tooManyEntries(limit: 9)) { try read(zip.file, limits: ArchiveLimits(entries: 9)) }
    #expect(try read(zip.file, limits: ArchiveLimits(entries: 10)).count == 10)
    #expect(
      try read(zip.file, limits: ArchiveLimits(entryBytes: 1_000)).map(\.content)
        == [ArchiveContent](repeating: .tooLong(maxBytes: 1_000), count: 10))
    // A hundred bytes for each of the file's, and 64 MiB in any case.
    var dense = ZipFixture()
    for index in 0..<9 { dense.add("\(index).png", [UInt8](repeating: 0, count: 8 << 20), deflated: true) }
    #expect(throws: ArchiveError.tooLong(maxBytes: 64 << 20)) {
      try read(dense.file, limits: ArchiveLimits(expansion: 100))
    }
    #expect(try read(dense.file, limits: ArchiveLimits(expansion: 10_000)).count == 9)
    // A directory that would take memory is refused before it is read.
    var many = ZipFixture()
    for index in 0..<2_000 { many.add("\(index)", []) }
    #expect(throws: ArchiveError.tooManyEntries(limit: 500)) {
      try read(many.file, limits: ArchiveLimits(entries: 500))
    }
    #expect(try read(many.file).count == 2_000)
  }
}
