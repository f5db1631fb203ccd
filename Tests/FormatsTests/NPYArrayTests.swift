import Formats
import Testing

@Suite struct NPYArrayTests {
  private func array(_ type: String, _ shape: String, _ content: [UInt8], order: String = "False") -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n"
    let length = UInt16(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)
      + content
  }

  @Test func floatsOfAnyWidthAreRead() throws {
    let half = try NPYArray(decoding: array("<f2", "(2,)", [0, 0x3C, 0, 0xC0]), name: "y")
    #expect(half.numbers == [1, -2])
    let single = try NPYArray(decoding: array("<f4", "(1, 2)", [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0]), name: "X")
    #expect(single.shape == [1, 2] && single.numbers == [1, -2.5])
    let double = try NPYArray(decoding: array("<f8", "(1,)", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]), name: "X")
    #expect(double.numbers == [1.5])
  }

  @Test func integersKeepTheirSignAsNumbersAndAsNames() throws {
    let short = try NPYArray(decoding: array("<i2", "(2,)", [0xFF, 0xFF, 3, 0]), name: "y")
    #expect(short.numbers == [-1, 3] && short.names == ["-1", "3"])
    let long = try NPYArray(decoding: array("<i8", "(1,)", [7, 0, 0, 0, 0, 0, 0, 0]), name: "y")
    #expect(long.names == ["7"])
    let byte = try NPYArray(decoding: array("|u1", "(3,)", [0, 128, 255]), name: "y")
    #expect(byte.isByte && byte.numbers == [0, 128, 255] && byte.names == ["0", "128", "255"])
  }

  @Test func stringsLoseTheirPadding() throws {
    let text = array("<U2", "(2,)", [0x61, 0, 0, 0, 0, 0, 0, 0, 0xE9, 0, 0, 0, 0x62, 0, 0, 0])
    #expect(try NPYArray(decoding: text, name: "y").names == ["a", "éb"])
    #expect(try NPYArray(decoding: array("|S3", "(1,)", [0x61, 0x62, 0]), name: "y").names == ["ab"])
  }

  @Test(arguments: [
    ("|O", "(1,)", "False", "not read"), (">f4", "(1,)", "False", "little-endian"), ("<f4", "(1,)", "True", "Fortran"),
    ("<f4", "(2,)", "False", "not what follows"), ("<f3", "(1,)", "False", "not read"),
  ])
  func whatIsNotReadIsRefusedWithTheReason(type: String, shape: String, order: String, reason: String) {
    let bytes = array(type, shape, [0, 0, 0, 0], order: order)
    let error = #expect(throws: ArrayFileError.self) { try NPYArray(decoding: bytes, name: "X") }
    #expect(error?.description.contains(reason) == true)
  }

  @Test func aCutArrayIsRefused() {
    let whole = array("<f4", "(1,)", [0, 0, 0, 0])
    for count in 0..<whole.count {
      #expect(throws: ArrayFileError.self) { try NPYArray(decoding: Array(whole.prefix(count)), name: "X") }
    }
  }

  @Test func anArchiveGivesItsArraysByName() throws {
    var zip = ZipFixture()
    zip.add("X.npy", array("<f4", "(1, 1)", [0, 0, 0x80, 0x3F]), deflated: true)
    zip.add("y.npy", array("|u1", "(1,)", [4]))
    zip.add("notes.txt", [1])
    let folder = try TemporaryFolder()
    let arrays = try NPZFile.read(path: try folder.write(zip.file, to: "set.npz"))
    #expect(arrays.keys.sorted() == ["X", "y"])
    #expect(arrays["X"]?.numbers == [1] && arrays["y"]?.names == ["4"])
  }

  @Test func rowsComeOneByOneAsTheArrayHasThem() throws {
    let folder = try TemporaryFolder()
    // More than a piece of the file, in a type that is converted and in one that is not.
    let values = (0..<(300_000 * 2)).map { Float($0 % 1009) - 500 }
    let single = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    let short = values.flatMap { withUnsafeBytes(of: Int16($0).littleEndian) { Array($0) } }
    for (type, content) in [("<f4", single), ("<i2", short)] {
      var rows = try NPYRows(path: try folder.write(array(type, "(300000, 2)", content), to: "X.npy"))
      let (count, columns) = (rows.count, rows.columns)
      #expect(count == 300_000 && columns == 2)
      var read: [Float] = []
      while let row = try rows.next() { read += row }
      #expect(read == values)
    }
  }

  @Test(arguments: [("<f4", "(2,)", 8), ("<U1", "(1, 2)", 8), ("<f4", "(2, 2)", 12), ("<f4", "(2, 0)", 0)])
  func whatHasNoRowsOfNumbersIsRefused(type: String, shape: String, bytes: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(array(type, shape, [UInt8](repeating: 0, count: bytes)), to: "X.npy")
    #expect(throws: ArrayFileError.self) { _ = try NPYRows(path: path) }
    #expect(throws: FileError.self) { _ = try NPYRows(path: path + ".missing") }
  }
}
