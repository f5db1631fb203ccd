import Domain
import Foundation
import Testing

@Suite struct ItemRowTests {
  private func decode(_ text: String) throws -> ItemRow {
    try JSONDecoder().decode(ItemRow.self, from: Data(text.utf8))
  }

  @Test func readsEveryMember() throws {
    let row = try decode(
      """
      {"key": "k1", "text": "hello", "vector": [1, 2.5], "embedding": [0.25], "meta": {"a": [1]}, "label": "x",
       "image": "aGk=", "predictions": {"x": 0.5}}
      """)
    #expect(row.key == "k1" && row.text == "hello" && row.vector == [1, 2.5] && row.embedding == [0.25])
    #expect(row.meta?["a"] == [1] && row.label == "x" && row.image == "aGk=" && row.predictions?["x"] == 0.5)
  }

  @Test func refusesUnknownMembers() throws {
    let error = try #require(throws: ValidationError.self) { try decode(#"{"text": "a", "lable": "x"}"#) }
    #expect(error.errors.map(\.pointer) == ["/lable"])
    let nested = try #require(throws: ValidationError.self) {
      try JSONDecoder().decode([String: [ItemRow]].self, from: Data(#"{"items": [{}, {"txt": 1}]}"#.utf8))
    }
    #expect(nested.errors.map(\.pointer) == ["/items/1/txt"])
  }

  @Test(arguments: [#"{"vector": [1, "2"]}"#, #"{"vector": [null]}"#, #"{"text": 5}"#, "[]"])
  func refusesWrongTypes(text: String) {
    #expect(throws: (any Error).self) { try decode(text) }
  }

  @Test func aNumberOutOfRangeIsReadSoThatItsPlaceCanBeNamed() throws {
    #expect(try decode(#"{"vector": [1, 1e39]}"#).vector == [1, .infinity])
  }

  @Test func aReportKeepsAThousandRejections() {
    var report = ImportReport()
    for row in 0..<1500 { report.reject(row: row, FieldError("/text", "bad")) }
    #expect(report.rejectedCount == 1500)
    #expect(report.rejected.map(\.row) == Array(0..<1000))
  }
}
