import HTTPCore
import Testing

@Suite struct RequestHeadTests {
  @Test func parsesCookies() throws {
    let head = try RequestHead(
      method: .get, target: "/", headers: ["Cookie": "a=1; b=\"two\"; a=3; broken; =x", "cookie": "c = 4=5"])
    #expect(head.cookies == ["a": "1", "b": "two", "c": "4=5"])
  }

  @Test(arguments: ["x", "abc-123", String(repeating: "y", count: 128)])
  func echoesUsableRequestIDs(id: String) throws {
    #expect(try RequestHead(method: .get, target: "/", headers: ["x-request-id": id], freshID: "made").id == id)
  }

  @Test(arguments: ["", "a b", "a\u{7f}", "é", "a\nb", String(repeating: "y", count: 129)])
  func replacesOtherRequestIDs(id: String) throws {
    #expect(try RequestHead(method: .get, target: "/", headers: ["X-Request-Id": id], freshID: "made").id == "made")
  }

  @Test func makesRequestIDs() throws {
    let ids = try (0..<100).map { _ in try RequestHead(method: .get, target: "/").id }
    #expect(Set(ids).count == 100)
    #expect(ids.allSatisfy { $0.count == 16 })
  }
}
