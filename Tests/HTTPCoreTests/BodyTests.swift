import HTTPCore
import Testing

@Suite struct BodyTests {
  @Test func collectedBytesAreOneChunk() async throws {
    var chunks: [[UInt8]] = []
    for try await chunk in RequestBody(bytes: [1, 2, 3]).chunks { chunks.append(chunk) }
    #expect(chunks == [[1, 2, 3]])
    for try await chunk in RequestBody.empty.chunks { chunks.append(chunk) }
    #expect(chunks.count == 1)
  }

  private struct Countdown: BodySource {
    func next() async throws(BodyError) -> [UInt8]? { throw .tooLarge(limit: 4) }
  }

  @Test func streamsEndWithTheErrorOfTheirSource() async {
    let body = RequestBody(source: Countdown())
    #expect(body.bytes.isEmpty)
    await #expect(throws: BodyError.tooLarge(limit: 4)) {
      for try await _ in body.chunks {}
    }
  }

  @Test func streamedAnswersCanBeCollected() async throws {
    let body = ResponseBody.stream { writer in
      try await writer.write("ab")
      try await writer.write([0x63])
    }
    #expect(try await body.collected() == Array("abc".utf8))
    #expect(try await ResponseBody.file(path: "/nowhere", size: 1).collected() == nil)
  }
}
