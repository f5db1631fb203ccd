import Testing

@testable import Formats

struct CSVReaderTests {
  private func read(_ text: String, _ options: CSVOptions = .csv) throws -> [CSVRow] {
    try read([Array(text.utf8)], options)
  }

  private func read(_ chunks: [[UInt8]], _ options: CSVOptions = .csv) throws -> [CSVRow] {
    var reader = CSVReader(options: options)
    var rows: [CSVRow] = []
    for chunk in chunks { rows += try reader.feed(chunk) }
    return rows + (try reader.finish())
  }

  private func fields(_ rows: [CSVRow]) -> [[String]] { rows.compactMap(\.record?.fields) }

  @Test func readsQuotedFieldsWithDelimitersQuotesAndLineEnds() throws {
    let rows = try read("id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\n\r\n3,plain \"quote\"")
    #expect(fields(rows) == [["1", "a, \"b\"\r\nc"], ["2", ""], ["3", "plain \"quote\""]])
    #expect(rows.compactMap(\.record?.line) == [2, 4, 6])
    #expect(rows.compactMap(\.record?.row) == [1, 2, 3])
    #expect(rows[0].record?["text"] == "a, \"b\"\r\nc")
    #expect(rows[0].record?["nothing"] == nil)
  }

  @Test func anySplitIntoChunksGivesTheSameRows() throws {
    let text = """
      \u{FEFF}key,text,label\r\n1,\"héllo, \"\"wörld\"\"\r\nnext\",a\r\n\r\n2,日本語 😀,b\r3,short\n4,\"x\"y,c\n\
      5,\"\",\"\"\n6,\"end\r\n\r\n\",d\n7,last,\"open
      """
    let bytes = Array(text.utf8)
    let expected = try read([bytes])
    #expect(fields(expected).count == 4)
    #expect(expected.compactMap(\.error).count == 3)
    #expect(fields(expected)[0] == ["1", "héllo, \"wörld\"\r\nnext", "a"])
    for chunks in splits(of: bytes) { #expect(try read(chunks) == expected) }
  }

  @Test func reportsBadRowsWithTheirLinesAndGoesOn() throws {
    let rows = try read("a,b\n1\n1,2\n1,2,3\n\"x\"y,2\n3,4\n5,\"open\nand on")
    #expect(fields(rows) == [["1", "2"], ["3", "4"]])
    #expect(
      rows.compactMap(\.error) == [
        CSVRowError(line: 2, row: 1, reason: .fieldCount(expected: 2, found: 1)),
        CSVRowError(line: 4, row: 3, reason: .fieldCount(expected: 2, found: 3)),
        CSVRowError(line: 5, row: 4, reason: .textAfterQuote(line: 5)),
        CSVRowError(line: 7, row: 6, reason: .unterminatedQuote(line: 7)),
      ])
    #expect(
      rows[0].error?.description == "line 2: has 1 fields where the header has 2; quote fields that hold the delimiter")
  }

  @Test func rejectsOnlyTheRowsBeyondTheBounds() throws {
    var options = CSVOptions.csv
    options.maxFieldBytes = 5
    options.maxRecordBytes = 8
    options.maxFields = 3
    let rows = try read("a,b\n123456,1\n12345,1\n\"12\n4567\",1\n12345,12345\n1,2,3,4\n1,2\n", options)
    #expect(fields(rows) == [["12345", "1"], ["1", "2"]])
    #expect(
      rows.compactMap(\.error?.reason) == [
        .fieldTooLong(maxBytes: 5), .fieldTooLong(maxBytes: 5), .recordTooLong(maxBytes: 8, maxFields: 3),
        .recordTooLong(maxBytes: 8, maxFields: 3),
      ])
    #expect(rows.last?.record?.line == 8)
  }

  @Test func rejectsARowThatIsNotUTF8() throws {
    let rows = try read([Array("a,b\n1,".utf8) + [0xFF, 0x0A] + Array("2,3\n".utf8)])
    #expect(rows.first?.error?.reason == .notUTF8(field: 2))
    #expect(fields(rows) == [["2", "3"]])
  }

  @Test func readsTabsWithoutQuotingUnderGivenNames() throws {
    var options = CSVOptions.tsv
    options.header = .names(["label", "text"])
    let rows = try read("ham\tI said \"go\", ok\nspam\t\"free\n", options)
    #expect(fields(rows) == [["ham", "I said \"go\", ok"], ["spam", "\"free"]])
    #expect(rows[1].record?["label"] == "spam")
  }

  @Test func refusesAHeaderThatNamesAColumnTwice() throws {
    #expect(throws: CSVError.duplicateColumn("a", line: 2)) { try read("\na,b,a\n1,2,3\n") }
    #expect(try fields(read(",,a\n1,2,3\n")) == [["1", "2", "3"]])
    #expect(throws: CSVError.header(CSVRowError(line: 1, row: 0, reason: .unterminatedQuote(line: 1)))) {
      try read("\"a,b\n1,2\n")
    }
  }

  @Test(arguments: ["", "\n\n\r\n", "a,b", "\u{FEFF}"])
  func findsNoRowsWhereThereAreNone(_ text: String) throws {
    #expect(try read(text).isEmpty)
  }
}

struct CSVWriterTests {
  @Test func quotesOnlyWhereItMust() {
    let writer = CSVWriter()
    #expect(
      writer.record(["a", "b,c", "d\"e", "f\ng", "", " h "]) == Array("a,\"b,c\",\"d\"\"e\",\"f\ng\",, h \n".utf8))
    #expect(writer.record([""]) == Array("\"\"\n".utf8))
    #expect(CSVWriter(delimiter: 9, lineEnding: "\r\n").record(["a,b", "c\td"]) == Array("a,b\t\"c\td\"\r\n".utf8))
  }

  @Test func guardsAgainstFormulasWhenAsked() {
    let guarded = CSVWriter(guardsFormulas: true)
    let record = guarded.record(["=1+1", "-5.2", "+x", "@a,b", "ok"])
    #expect(record == Array("'=1+1,-5.2,'+x,\"'@a,b\",ok\n".utf8))
    #expect(CSVWriter().record(["=1+1"]) == Array("=1+1\n".utf8))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let alphabet: [Character] = ["a", ",", "\"", "\n", "\r", "\t", "é", "😀", " ", "=", "\u{FEFF}"]
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for columns in 1...4 {
      let records = (0..<200).map { _ in
        (0..<columns).map { _ in String((0..<next(6)).map { _ in alphabet[next(alphabet.count)] }) }
      }
      for delimiter in [UInt8(ascii: ","), UInt8(ascii: "\t")] {
        let writer = CSVWriter(delimiter: delimiter)
        var bytes = writer.record((0..<columns).map { "column \($0)" })
        for record in records { writer.append(record, to: &bytes) }
        var reader = CSVReader(options: CSVOptions(delimiter: delimiter))
        let rows = try reader.feed(bytes) + reader.finish()
        #expect(rows.compactMap(\.record?.fields) == records)
      }
    }
  }
}
