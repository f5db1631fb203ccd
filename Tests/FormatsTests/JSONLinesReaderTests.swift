import Formats
import Testing

struct JSONLinesReaderTests {
  private func read(_ chunks: [[UInt8]], maxLineBytes: Int = 1 << 20) -> [JSONLine] {
    var reader = JSONLinesReader(maxLineBytes: maxLineBytes)
    var lines: [JSONLine] = []
    for chunk in chunks { lines += reader.feed(chunk) }
    return lines + reader.finish()
  }

  private func line(_ number: Int, _ text: String) -> JSONLine { .line(number: number, bytes: Array(text.utf8)) }

  @Test func numbersLinesAndSkipsBlankOnes() {
    let lines = read([Array("\u{FEFF}{\"a\":1}\r\n\n  \t\r\n{}\n\"x\"".utf8)])
    #expect(lines == [line(1, "{\"a\":1}"), line(4, "{}"), line(5, "\"x\"")])
    #expect(read([]).isEmpty)
    #expect(read([Array("{}\n".utf8)]) == [line(1, "{}")])
  }

  @Test func reportsALineThatIsTooLongAndGoesOn() {
    let lines = read([Array("1234\r\n12345\n12345678901234\n12\n12345".utf8)], maxLineBytes: 4)
    #expect(
      lines == [
        line(1, "1234"), .tooLong(number: 2, maxBytes: 4), .tooLong(number: 3, maxBytes: 4), line(4, "12"),
        .tooLong(number: 5, maxBytes: 4),
      ])
    #expect(lines.map(\.number) == [1, 2, 3, 4, 5])
  }

  @Test func anySplitIntoChunksGivesTheSameLines() {
    let bytes = Array("\u{FEFF}{\"text\":\"héllo 😀\"}\r\n\r\n{\"n\":123456789}\n\n[]\r\n{\"last\":true}".utf8)
    for limit in [8, 1_000] {
      let expected = read([bytes], maxLineBytes: limit)
      #expect(expected.count == 4)
      for chunks in splits(of: bytes) { #expect(read(chunks, maxLineBytes: limit) == expected) }
    }
  }
}
