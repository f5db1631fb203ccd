import HTTPCore
import Testing

@Suite struct HTTPHeadersTests {
  @Test func namesCompareWithoutCase() {
    var headers: HTTPHeaders = ["Content-Type": "text/plain", "X-A": "1"]
    headers.add(name: "x-a", value: "2")
    #expect(headers["CONTENT-TYPE"] == "text/plain")
    #expect(headers.values(for: "X-a") == ["1", "2"])
    #expect(headers.contains("x-A"))
    #expect(headers["X-B"] == nil)
    #expect(!HTTPHeaders.equal("@", "`"))
  }

  @Test func settingReplacesEveryValueInPlace() {
    var headers: HTTPHeaders = ["A": "1", "B": "2", "a": "3"]
    headers["a"] = "9"
    #expect(headers.fields.map(\.name) == ["A", "B"])
    #expect(headers["A"] == "9")
    headers["b"] = nil
    #expect(headers.fields.count == 1)
    headers["C"] = "new"
    #expect(headers.fields.last == .init(name: "C", value: "new"))
  }
}
