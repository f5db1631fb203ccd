import Formats
import Testing

@Suite struct MultipartReaderTests {
  private func read(_ chunks: [[UInt8]], boundary: String = "xx", maxPartBytes: Int = 1 << 20) throws -> [MultipartPart]
  {
    var reader = try MultipartReader(boundary: boundary, maxPartBytes: maxPartBytes)
    var parts: [MultipartPart] = []
    for chunk in chunks { parts += try reader.feed(chunk) }
    try reader.finish()
    return parts
  }

  private func read(_ text: String, maxPartBytes: Int = 1 << 20) throws -> [MultipartPart] {
    try read([Array(text.utf8)], maxPartBytes: maxPartBytes)
  }

  private func bytes(_ part: MultipartPart) -> String? {
    if case .bytes(let bytes) = part.content { String(decoding: bytes, as: UTF8.self) } else { nil }
  }

  /// A preamble, near-boundaries, an empty part, a part without a header, and an epilogue.
  private static let body =
    "preamble\r\n--xy\r\n--xx  \r\nContent-Disposition: form-data; name=\"a\"; filename=\"ä 1.png\"\r\nContent-Type: Image/PNG; q=1\r\n\r\n"
    + "one\r\n--x\r\n\r\n-\n\r--xx\r\n--xx\r\ncontent-disposition: form-data; name=b\r\n\r\n\r\n--xx\r\n\r\nbare\r\n--xx--\r\nepilogue --xx"

  @Test func partsAreTheSameHoweverTheyArrive() throws {
    let whole = try read(Self.body)
    #expect(whole.map(\.name) == ["a", "b", ""])
    #expect(whole.map(\.fileName) == ["ä 1.png", nil, nil])
    #expect(whole.map(\.contentType) == ["image/png", nil, nil])
    #expect(whole.map(bytes) == ["one\r\n--x\r\n\r\n-\n\r--xx", "", "bare"])
    for split in splits(of: Array(Self.body.utf8)) { #expect(try read(split) == whole) }
  }

  @Test func bytesAreKeptAsTheyAre() throws {
    let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7 + $0 / 256) } + Array("\r\n--x".utf8)
    let body =
      Array("--xx\r\nContent-Disposition: form-data; filename=f\r\n\r\n".utf8) + content + Array("\r\n--xx--".utf8)
    for size in [1, 3, 64, 4096, 100_000] {
      let chunks = stride(from: 0, to: body.count, by: size).map { Array(body[$0..<min($0 + size, body.count)]) }
      #expect(try read(chunks).map(\.content) == [.bytes(content)])
    }
  }

  @Test func longPartsAreReportedAndTheOthersRead() throws {
    let body =
      "--xx\r\nContent-Disposition: form-data; filename=long\r\n\r\n\(String(repeating: "l", count: 1001))\r\n--xx\r\n"
      + "Content-Disposition: form-data; filename=fits\r\n\r\n\(String(repeating: "f", count: 1000))\r\n--xx--\r\n"
    for chunks in [[Array(body.utf8)], body.utf8.map { [$0] }] {
      let parts = try read(chunks, maxPartBytes: 1000)
      #expect(parts.map(\.fileName) == ["long", "fits"])
      #expect(parts[0].content == .tooLong(maxBytes: 1000))
      #expect(bytes(parts[1])?.utf8.count == 1000)
    }
  }

  @Test func whatBreaksOffIsTold() throws {
    let body = Array(Self.body.utf8)
    let end = body.count - "--\r\nepilogue --xx".utf8.count
    for length in 0...(end + 1) {
      #expect(throws: MultipartError.self) { try read([Array(body[..<length])]) }
    }
    #expect(throws: MultipartError.truncated(parts: 3)) { try read([Array(body[...end])]) }
    #expect(try read([Array(body[..<(end + 2)])]).count == 3)
    #expect(throws: MultipartError.truncated(parts: 0)) { try read("") }
  }

  @Test(arguments: [nil, "", String(repeating: "b", count: 71), "ä", "a\r\nb"] as [String?])
  func boundariesAreChecked(boundary: String?) {
    #expect(throws: MultipartError.boundary) { try MultipartReader(boundary: boundary) }
  }

  @Test func brokenHeadersAreTold() {
    #expect(throws: MultipartError.malformed(part: 0)) { try read("--xxjunk\r\n\r\n") }
    let long = "--xx\r\nX: " + String(repeating: "y", count: 20_000)
    #expect(throws: MultipartError.malformed(part: 0)) { try read(long) }
    #expect(throws: MultipartError.malformed(part: 1)) { try read("--xx\r\n\r\nfine\r\n--xx?\r\n\r\n") }
  }

  @Test(
    arguments: [
      (#"multipart/form-data; boundary=abc"#, "abc"), (#"Multipart/Form-Data;boundary="a b;c""#, "a b;c"),
      (#"multipart/form-data; charset=utf-8; BOUNDARY = x"#, "x"), (#"multipart/form-data"#, nil),
      (#"multipart/form-data; boundary"#, nil), (#"multipart/form-data; flag; boundary=y"#, "y"),
      (#"multipart/form-data; boundary="a\"b\\c""#, #"a"b\c"#),
      (#"multipart/form-data; boundary="C:\temp""#, #"C:\temp"#),
      (#"multipart/form-data; boundary="open"#, "open"), (#"multipart/form-data; boundary="#, ""),
    ] as [(String, String?)])
  func parametersOfHeaderFields(field: String, boundary: String?) {
    let value = HeaderValue(field)
    #expect(value.value == "multipart/form-data")
    #expect(value["boundary"] == boundary)
  }

  @Test func namesAreUnescapedAsBrowsersWriteThem() throws {
    let parts = try read(
      "--xx\r\nContent-Disposition: form-data; name=x; filename=\"a%22b%0d%0A100%.png\"\r\n\r\n\r\n--xx--")
    #expect(parts.map(\.fileName) == ["a\"b\r\n100%.png"])
  }

  @Test func partsBeforeAnErrorAreKept() throws {
    let body = Array("--xx\r\nContent-Disposition: form-data; name=a\r\n\r\none\r\n--xxyz\r\n".utf8)
    for chunks in splits(of: body) {
      var reader = try MultipartReader(boundary: "xx")
      var found: [MultipartPart] = []
      #expect(throws: MultipartError.malformed(part: 1)) {
        for chunk in chunks { found += try reader.feed(chunk) }
        try reader.finish()
      }
      #expect(found.map(\.name) == ["a"])
    }
  }

  @Test func paddingIsNoEndHoweverItArrives() throws {
    let body = Array("--xx \t--\r\n".utf8)
    for chunks in splits(of: body) {
      #expect(throws: MultipartError.malformed(part: 0)) { try read(chunks) }
    }
  }
}
