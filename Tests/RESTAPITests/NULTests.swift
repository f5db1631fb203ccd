import Domain
import HTTPCore
import Testing

@Suite struct NULTests {
  /// SQLite keeps texts up to their first NUL: what comes after it would be lost without a word.
  @Test func textsWithNULAreRefusedWhereTheyStand() async throws {
    try await withServer { server in
      let engineer = try await server.client(.engineer, "Eve")
      for (body, pointer) in [
        (#""guidelines": "a\u0000b", "labels": [{"name": "x"}]"#, "/guidelines"),
        (#""labels": [{"name": "x", "description": "a\u0000b"}]"#, "/labels/0/description"),
        (#""labels": [{"name": "x\u0000y"}]"#, "/labels/0/name"),
      ] {
        let made = try await engineer.post("projects", #"{"name": "P", "modality": "text", \#(body)}"#)
        #expect(made.status == 422 && made.json["errors"]?[0]?["pointer"]?.text == pointer, "\(pointer)")
      }
      let project = try await engineer.project()
      let pushed = try await engineer.post(
        "projects/\(project)/items",
        #"{"items": [{"key": "a", "text": "before\u0000after"}, {"key": "b", "text": "whole"}]}"#)
      #expect(pushed.json["created"]?.int == 1)
      #expect(pushed.json["rejected"]?[0]?["row"]?.int == 0)
      #expect(pushed.json["rejected"]?[0]?["pointer"]?.text == "/text")
      let ann = try await server.client(.annotator, "Ann", in: [project])
      let noted = try await ann.post(
        "projects/\(project)/annotations", #"{"key": "b", "outcome": "flag", "note": "torn\u0000off"}"#)
      #expect(noted.status == 422 && noted.json["errors"]?[0]?["pointer"]?.text == "/note")
    }
  }
}
