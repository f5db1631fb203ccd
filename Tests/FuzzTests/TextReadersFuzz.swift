import Formats
import Testing

/// Readers of text that comes in chunks: whatever the bytes and the chunks, the same rows or the same typed error.
@Suite struct TextReadersFuzz {
  private func multipart(_ chunks: [[UInt8]]) -> String {
    var parts: [MultipartPart] = []
    do throws(MultipartError) {
      var reader = try MultipartReader(boundary: "xx", maxPartBytes: 200)
      for chunk in chunks { parts += try reader.feed(chunk) }
      try reader.finish()
    } catch {
      return "\(parts) \(error)"
    }
    return "\(parts)"
  }

  @Test func forms() throws {
    let mutator = Mutator(
      seeds: [
        "--xx\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b.png\"\r\nContent-Type: image/png\r\n\r\nbytes\r\n--xx--\r\n",
        "preamble\r\n--xx \t\r\n\r\nno header\r\n--xx\r\nContent-Disposition: form-data; name=x\r\n\r\n\r\n--xx--epilogue",
        "--xx\r\nA: b\r\n\r\n\(String(repeating: "y", count: 300))\r\n--xx\r\nC: d\r\n\r\n--x\r\n--xx--",
      ].map { Array($0.utf8) },
      words: [
        "--xx", "\r\n", "\r\n--xx", "\r\n--xx--", "--", "\r", "\n", "\r\n\r\n", "filename=\"", ";", "%22", " ", "\t",
      ])
    try Fuzz.run("multipart", mutator) { bytes, random in
      Fuzz.compare(multipart([bytes]), multipart(Mutator.chunks(bytes, &random)))
    }
  }

  private func table(_ chunks: [[UInt8]], _ options: CSVOptions) -> String {
    var rows: [CSVRow] = []
    do throws(CSVError) {
      var reader = CSVReader(options: options)
      for chunk in chunks { rows += try reader.feed(chunk) }
      rows += try reader.finish()
    } catch {
      return "\(rows.map(Self.text)) \(error)"
    }
    return "\(rows.map(Self.text))"
  }

  private static func text(_ row: CSVRow) -> String {
    switch row {
    case .record(let record): "\(record.line)/\(record.row) \(record.fields)"
    case .rejected(let error): "\(error.row) \(error)"
    }
  }

  @Test func tables() throws {
    let mutator = Mutator(
      seeds: [
        "a,b\r\n1,\"x, \"\"y\"\"\r\nz\"\r\n3,4\r\n", "\u{FEFF}a,b\n1,2\n\n\"un\nterminated,2\n", "a\tb\n\"1\t2\"\n3\t4",
        "a,b,\n,\"\",\"long long long long long\"\n\"x\"y,2,3\n", "a,b\r1,2\r\n\r3,\"\r\r\n\"\n",
      ].map { Array($0.utf8) },
      words: ["\"", "\"\"", ",", "\r\n", "\r", "\n", "\u{FEFF}", "\t", ",,", "é", "\"\n"])
    try Fuzz.run("csv", mutator) { bytes, random in
      for options in [
        CSVOptions(maxFieldBytes: 20, maxRecordBytes: 40, maxFields: 5), .csv, .tsv,
        CSVOptions(header: .names(["x", "y"]), maxFieldBytes: 20, maxRecordBytes: 30, maxFields: 3),
      ] {
        let chunks = Mutator.chunks(bytes, &random)
        if let fault = Fuzz.compare(table([bytes], options), table(chunks, options)) { return fault }
      }
      return nil
    }
  }

  private func lines(_ chunks: [[UInt8]]) -> [JSONLine] {
    var reader = JSONLinesReader(maxLineBytes: 40)
    return chunks.flatMap { reader.feed($0) } + reader.finish()
  }

  @Test func lines() throws {
    let mutator = Mutator(
      seeds: ["{\"a\": 1}\n{\"b\": 2}\r\n\n  \n{\"c\": 3}", "\u{FEFF}{}\n\(String(repeating: "x", count: 100))\n{}\n"]
        .map { Array($0.utf8) },
      words: ["\n", "\r\n", "\r", "\u{FEFF}", "{}", " ", String(repeating: " ", count: 41)])
    try Fuzz.run("jsonl", mutator) { bytes, random in
      let whole = lines([bytes])
      for case .line(_, let line) in whole where line.count > 40 { return "a line of \(line.count) bytes" }
      return Fuzz.compare("\(whole)", "\(lines(Mutator.chunks(bytes, &random)))")
    }
  }

  @Test func headerFields() throws {
    let mutator = Mutator(
      seeds: ["multipart/form-data; boundary=\"x;y\"; a=b", "form-data; name=\"f\\\"\\\\\"; filename=\"é\""].map {
        Array($0.utf8)
      }, words: ["\"", ";", "=", "\\", " ", "boundary="])
    try Fuzz.run("header", mutator) { bytes, _ in
      let field = HeaderValue(String(decoding: bytes, as: UTF8.self))
      let length = field.value.utf8.count + (field["boundary"]?.utf8.count ?? 0) + (field["name"]?.utf8.count ?? 0)
      // Decoding may replace a byte by three; nothing else grows.
      return length <= 6 * bytes.count ? nil : "\(length) bytes of \(bytes.count)"
    }
  }
}
