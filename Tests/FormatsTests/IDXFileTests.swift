import Formats
import Testing

@Suite struct IDXFileTests {
  private let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]

  @Test func theHeaderGivesTheShapeAndTheRestTheValues() throws {
    let file = try IDXFile(decoding: images, name: "images")
    #expect(file.shape == [2, 1, 3])
    #expect(file.bytes == [1, 2, 3, 4, 5, 6])
  }

  @Test func aFileOnDiskIsReadThroughGzip() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(gzip(images), to: "images.gz")
    #expect(try IDXFile(path: path).bytes == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: [
    ([], "does not start"), ([0, 0, 8], "does not start"), ([0, 0, 13, 1, 0, 0, 0, 1, 1], "type 13"),
    ([0, 0, 8, 2, 0, 0, 0, 1], "inside its header"), ([0, 0, 8, 1, 0, 0, 0, 2, 1], "but 1 follow"),
    ([0, 0, 8, 1, 0, 0, 0, 1, 1, 2], "but 2 follow"),
    ([0, 0, 8, 4] + [UInt8](repeating: 0xFF, count: 16) + [1], "follow"),
  ])
  func bytesThatAreNoneAreRefusedWithTheReason(bytes: [UInt8], reason: String) {
    let error = #expect(throws: ArrayFileError.self) { try IDXFile(decoding: bytes, name: "images") }
    #expect(error?.description.contains(reason) == true)
  }
}
