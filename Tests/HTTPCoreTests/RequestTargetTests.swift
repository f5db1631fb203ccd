import HTTPCore
import Testing

@Suite struct RequestTargetTests {
  @Test(arguments: [
    ("/", []), ("/a/b", ["a", "b"]), ("/a/", ["a", ""]), ("/a//b", ["a", "", "b"]), ("/caf%C3%A9", ["café"]),
    ("/a%2Fb/c", ["a/b", "c"]), ("/a+b", ["a+b"]), ("http://host:80/a?x=1", ["a"]), ("http://host", []), ("*", ["*"]),
  ])
  func splitsBeforeItDecodes(target: String, path: [String]) throws {
    #expect(try RequestTarget(target).path == path)
  }

  @Test(arguments: [
    ("/a%00b", TargetError.zeroByte), ("/a/../b", .dotSegment), ("/a/%2e%2E/b", .dotSegment), ("/./a", .dotSegment),
    ("/%zz", .badEscape), ("/%4", .badEscape), ("/%ff", .notUTF8), ("a/b", .notAPath), ("", .notAPath),
    ("/a?x=%00", .zeroByte), ("/a?x=%f", .badEscape), ("/..", .dotSegment),
  ])
  func refusesWhatCannotBeDecodedSafely(target: String, error: TargetError) {
    #expect(throws: error) { try RequestTarget(target) }
    #expect(error.description.count > 20)
  }

  @Test func keepsThePathAsSent() throws {
    let target = try RequestTarget("/a%2Fb?q=%2F")
    #expect(target.rawPath == "/a%2Fb")
    #expect(RequestTarget(undecodable: "/a%00b").rawPath == "/a%00b")
    #expect(RequestTarget(undecodable: "/a%00b").path.isEmpty)
  }

  @Test func readsQueries() throws {
    let query = try RequestTarget("/?a=1&b=x+y%2Bz&flag&a=2&=&e=a=b").query
    #expect(query["a"] == "1")
    #expect(query.values(for: "a") == ["1", "2"])
    #expect(query["b"] == "x y+z")
    #expect(query["flag"] == "")
    #expect(query["e"] == "a=b")
    #expect(query["none"] == nil)
    #expect(try RequestTarget("/?").query.pairs.isEmpty)
  }
}
