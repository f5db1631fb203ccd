import Foundation
import Testing

@testable import Formats

struct ImageFolderTests {
  @Test func listsImagesByClassInAFixedOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["dog/2.JPG", "cat/10.png", "cat/2.jpeg", "top.png", "train/ant/1.png", "Zebra/1.png"] {
      try folder.write([1, 2], to: name)
    }
    let listing = try ImageFolder(path: folder.path)
    #expect(
      listing.images.map(\.relativePath) == [
        "Zebra/1.png", "cat/10.png", "cat/2.jpeg", "dog/2.JPG", "top.png", "train/ant/1.png",
      ])
    #expect(listing.images.map(\.label) == ["Zebra", "cat", "cat", "dog", nil, "ant"])
    #expect(listing.images.allSatisfy { $0.bytes == 2 && FileManager.default.fileExists(atPath: $0.path) })
    #expect(listing.labels == ["Zebra", "ant", "cat", "dog"])
    #expect(listing.skipped.isEmpty)
  }

  @Test func saysWhatItPassedOver() throws {
    let folder = try TemporaryFolder()
    for name in ["a/1.png", "a/.DS_Store", "a/notes.txt", "a/noextension", "b/c/d/deep.png"] {
      try folder.write([1], to: name)
    }
    try folder.write([], to: "a/empty.png")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/dangling.png", withDestinationPath: "nowhere")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/link.png", withDestinationPath: "1.png")
    let listing = try ImageFolder(path: folder.path, maxDepth: 2)
    #expect(listing.images.map(\.relativePath) == ["a/1.png", "a/link.png"])
    #expect(
      listing.skipped == [
        .init(relativePath: "a/.DS_Store", reason: .hidden), .init(relativePath: "a/dangling.png", reason: .unreadable),
        .init(relativePath: "a/empty.png", reason: .empty), .init(relativePath: "a/noextension", reason: .notAnImage),
        .init(relativePath: "a/notes.txt", reason: .notAnImage), .init(relativePath: "b/c/d", reason: .tooDeep),
        .init(relativePath: "loop", reason: .notAFile),
      ])
  }

  @Test func refusesAFolderThatIsNotThere() {
    #expect(throws: FileError(operation: .list, path: "/nonexistent/winnow", code: ENOENT)) {
      try ImageFolder(path: "/nonexistent/winnow")
    }
  }
}
