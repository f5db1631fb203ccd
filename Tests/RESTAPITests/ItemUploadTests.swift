import Domain
import Foundation
import HTTPCore
import Testing

@Suite struct ItemUploadTests {
  private func rejected(_ answer: Answer) -> [String] {
    answer.json["rejected"]?.list?.map { "\($0["row"]?.int ?? -1) \($0["pointer"]?.text ?? "?")" } ?? []
  }

  private func counts(_ answer: Answer) -> [Int?] {
    ["received", "created", "duplicates", "rejected_count"].map { answer.json[$0]?.int }
  }

  @Test func badRowsOfADocumentSinkNoOthers() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let answer = try await engineer.post(
        "projects/\(project)/items",
        #"""
        {"items": [
          {"key": "a", "text": "one", "meta": {"n": 1, "deep": [null, true]}}, {"key": "b"}, {"key": "c", "text": 7},
          {"key": "d", "text": "two", "label": "nope"}, {"key": "e", "text": "three", "label": "billing"},
          {"key": "a", "text": "one again"}, "row", {"key": "f", "text": "x", "colour": 1}, {"key": "", "text": "x"},
          {"key": "g", "text": ""}, {"key": "h", "text": "x", "meta": []}, {"key": "i", "text": "x", "vector": [1]},
          {"key": "j", "text": "x", "predictions": {"billing": 2}}, {"text": "keyless"}, null
        ]}
        """#)
      #expect(answer.status == 200)
      #expect(counts(answer) == [15, 3, 1, 11])
      #expect(
        rejected(answer).sorted { Int($0.prefix { $0 != " " })! < Int($1.prefix { $0 != " " })! } == [
          "1 /text", "2 /text", "3 /label", "6 ", "7 /colour", "8 /key", "9 /text", "10 /meta", "11 /vector",
          "12 /predictions/billing", "14 ",
        ])
      let items = try await engineer.get("projects/\(project)/items").json["items"]?.list ?? []
      #expect(items.compactMap { $0["text"]?.text } == ["one", "three", "keyless"])
      #expect(items[0]["meta"] == ["deep": [nil, true], "n": 1])
      #expect(items[2]["key"]?.text?.hasPrefix("sha256:") == true)
      let labelled = try await engineer.get("projects/\(project)/items?state=labelled&label=billing").json["items"]?
        .list
      #expect(labelled?.map { $0["key"]?.text } == ["e"])
      #expect(try await engineer.post("projects/\(project)/items", #"{"items": 5}"#).pointers == ["/items"])
      #expect(try await engineer.post("projects/\(project)/items", #"{}"#).pointers == ["/items"])
      #expect(try await engineer.post("projects/\(project)/items", #"{"items": [], "x": 1}"#).pointers == ["/x"])
      #expect(try await engineer.post("projects/\(project)/items", #"{"items": [NaN]}"#).status == 400)
    }
  }

  @Test(arguments: [1, 2, 7, 64, 100_000]) func linesMayArriveInAnyPieces(size: Int) async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let text =
        "{\"key\":\"ä\",\"text\":\"größe 😀\"}\r\n\n{\"key\":\"b\",\"text\":\"two\"}\nnonsense\n{\"text\": NaN}\n"
        + "[1]\n{\"key\":\"c\",\"txt\":\"x\"}\n{\"key\":\"d\",\"text\":\"last\"}"
      let bytes = Array(text.utf8)
      let chunks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
      let answer = try await engineer.send(
        .post, "projects/\(project)/items", chunks: chunks, type: "application/x-ndjson")
      #expect(counts(answer) == [7, 3, 0, 4])
      #expect(rejected(answer) == ["2 ", "3 ", "4 ", "5 /txt"])
      let keys = try await engineer.get("projects/\(project)/items").json["items"]?.list?.map { $0["key"]?.text }
      #expect(keys == ["ä", "b", "d"])
    }
  }

  @Test func theTruthIsNoNumberOfAVector() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "vector", labels: ["0", "1"])
      func send(_ query: String) async throws -> Answer {
        try await engineer.send(
          .post, "projects/\(project)/items\(query)", chunks: [Array("key,x,y,label\n\(query.count),1,2,0\n".utf8)],
          type: "text/csv")
      }
      let unsaid = try await send("")
      #expect(rejected(unsaid) == ["0 /label"] && unsaid.status == 200)
      #expect(counts(try await send("?ignore_columns=label")) == [1, 1, 0, 0])
      let items = try await engineer.get("projects/\(project)/items").json["items"]?.list
      #expect(items?.map { $0["vector"] } == [[1, 2]])
    }
  }

  @Test func manyLinesAreTakenInBatches() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let lines = (0..<1203).map { $0 == 1100 ? "{}" : "{\"key\":\"k\($0)\",\"text\":\"text \($0)\"}" }
      let answer = try await engineer.send(
        .post, "projects/\(project)/items", chunks: lines.map { Array(($0 + "\n").utf8) }, type: "application/x-ndjson")
      #expect(counts(answer) == [1203, 1202, 0, 1])
      #expect(rejected(answer) == ["1100 /text"])
    }
  }

  @Test func tablesAreReadByTheirColumns() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      let csv =
        "number,body,class\n1,\"a, \"\"b\"\"\nc\",billing\n2,two,nope\n3,three\n4,four,\n5,\u{201C}five\u{201D},outage\n"
      let target =
        "projects/\(project)/items?text_column=body&label_column=class&key_column=number"
      let answer = try await engineer.send(.post, target, chunks: [Array(csv.utf8)], type: "text/csv; charset=utf-8")
      #expect(counts(answer) == [5, 3, 0, 2], "\(answer.text)")
      #expect(rejected(answer) == ["1 /label", "2 "] || rejected(answer) == ["2 ", "1 /label"])
      let items = try await engineer.get("projects/\(project)/items").json["items"]?.list ?? []
      #expect(items.compactMap { $0["key"]?.text } == ["1", "4", "5"])
      #expect(items.first?["text"]?.text == "a, \"b\"\nc")
      let tabs = try await engineer.send(
        .post, "projects/\(project)/items", chunks: [Array("id\ttext\n9\tnine\n".utf8)],
        type: "text/tab-separated-values")
      #expect(counts(tabs) == [1, 1, 0, 0])
      let column = try await engineer.send(
        .post, "projects/\(project)/items?text_column=nope", chunks: [Array("id,text\n1,x\n".utf8)], type: "text/csv")
      #expect(rejected(column) == ["0 "])
      let header = try await engineer.send(
        .post, "projects/\(project)/items", chunks: [Array("a,a\n1,2\n".utf8)], type: "text/csv")
      #expect(header.status == 422)
    }
  }

  @Test func vectorsAreFiniteAndOfOneLength() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "vector")
      let answer = try await engineer.post(
        "projects/\(project)/items",
        #"""
        {"items": [{"key": "a", "vector": [1, 2.5]}, {"key": "b", "vector": [1]}, {"key": "c", "vector": []},
          {"key": "d", "vector": [1, "NaN"]}, {"key": "e", "vector": [1, null]}, {"key": "f", "vector": [1, 1e39]},
          {"key": "g", "vector": "1,2"}, {"key": "h", "text": "x"}, {"key": "i", "vector": [3, 4], "embedding": [1]},
          {"key": "j", "vector": [1, 1e999]}]}
        """#)
      #expect(answer.json["created"]?.int == 1, "\(answer.text)")
      let pointers = Dictionary(
        uniqueKeysWithValues: (answer.json["rejected"]?.list ?? []).map { ($0["row"]?.int ?? -1, $0["pointer"]?.text) })
      #expect(
        pointers == [
          1: "/vector", 2: "/vector", 3: "/vector/1", 4: "/vector/1", 5: "/vector/1", 6: "/vector", 7: "/vector",
          8: "/embedding", 9: "",
        ])
    }
  }

  @Test func picturesComeAsBase64BytesAndForms() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project(modality: "image")
      let target = "projects/\(project)/items"
      let png = Array(try #require(Data(base64Encoded: Picture.base64)))
      let answer = try await engineer.post(
        target,
        #"{"items": [{"key": "a", "image": "\#(Picture.base64)"}, {"key": "b", "image": "data:image/png;base64,\#(Picture.base64)"}, {"key": "c", "image": "!"}, {"key": "d", "image": "aGVsbG8="}]}"#
      )
      #expect(counts(answer) == [4, 2, 0, 2], "\(answer.text)")
      #expect(rejected(answer) == ["2 /image", "3 /image"])
      let raw = try await engineer.send(
        .post, target + "?key=raw.png", chunks: [Array(png[..<20]), Array(png[20...])], type: "image/png")
      #expect(counts(raw) == [1, 1, 0, 0])
      let form =
        Array("--xx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"one \\\"1\\\".png\"\r\n\r\n".utf8) + png
        + Array("\r\n--xx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"no.png\"\r\n\r\nhello".utf8)
        + Array("\r\n--xx\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello".utf8)
        + Array("\r\n--xx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"two.png\"\r\n\r\n".utf8) + png
        + Array("\r\n--xx--\r\n".utf8)
      let type = "multipart/form-data; boundary=\"xx\""
      let pieces = stride(from: 0, to: form.count, by: 13).map { Array(form[$0..<min($0 + 13, form.count)]) }
      let taken = try await engineer.send(.post, target, chunks: pieces, type: type)
      #expect(counts(taken) == [4, 2, 0, 2], "\(taken.text)")
      #expect(rejected(taken).sorted() == ["1 /image", "2 "])
      let items = try await engineer.get(target).json["items"]?.list ?? []
      #expect(items.compactMap { $0["key"]?.text } == ["a", "b", "raw.png", "one \"1\".png", "two.png"])

      let cut = try await engineer.send(.post, target, chunks: [Array(form.dropLast(9))], type: type)
      #expect(cut.status == 400)
      #expect(try await engineer.send(.post, target, chunks: [form], type: "multipart/form-data").status == 400)

      let url = try #require(items[0]["image_url"]?.text)
      let image = try await engineer.get(url)
      #expect(image.bytes == png && image.headers["Content-Type"] == "image/png")
      #expect(image.headers["X-Content-Type-Options"] == "nosniff")
      let tag = try #require(image.headers["ETag"])
      #expect(try await engineer.get(url, headers: ["If-None-Match": tag]).status == 304)
      let small = try await engineer.get(url + "?width=64")
      #expect(small.status == 200 && small.bytes.starts(with: [0x89, 0x50]))
      #expect(try await engineer.get(url + "?width=0").pointers == ["/width"])
    }
  }

  @Test func poolsAreSearchedAndPaged() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      let project = try await engineer.project()
      try await engineer.push((0..<25).map { "text number \($0)" }, to: project)
      var (keys, cursor) = ([String](), String?.none)
      repeat {
        let page = try await engineer.get("projects/\(project)/items?limit=10" + (cursor.map { "&cursor=\($0)" } ?? ""))
        keys += page.json["items"]?.list?.compactMap { $0["key"]?.text } ?? []
        cursor = page.json["next_cursor"]?.text
      } while cursor != nil && keys.count < 99
      #expect(keys == (0..<25).map { "t\($0)" })
      let found = try await engineer.get("projects/\(project)/items?q=number%2024").json["items"]?.list
      #expect(found?.map { $0["key"]?.text } == ["t24"])
      #expect(try await engineer.get("projects/\(project)/items?state=odd").pointers == ["/state"])
      #expect(try await engineer.get("projects/\(project)/items?label=odd").pointers == ["/label"])
      let question = try await engineer.next(in: project)
      let leased = try await engineer.get("projects/\(project)/items?state=leased").json["items"]?.list
      #expect(leased?.map { $0["id"]?.text } == [question.item])
      #expect(leased?[0]["state"]?.text == "leased")
      #expect(try await engineer.delete("projects/\(project)/items/\(question.item)").status == 204)
      #expect(try await engineer.get("projects/\(project)/items/\(question.item)").status == 404)
      #expect(try await engineer.get("projects/\(project)/items/\(question.item)/image").status == 404)
    }
  }
}
