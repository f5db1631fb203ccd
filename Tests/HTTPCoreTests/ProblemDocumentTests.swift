import Foundation
import HTTPCore
import Testing

@Suite struct ProblemDocumentTests {
  @Test func isJSONWithTheMembersOfTheStandard() throws {
    let problem = ProblemDocument(
      status: .unprocessableContent, detail: "quote \" backslash \\ newline \n bell \u{7} é",
      errors: [.init(pointer: "/items/3/text", detail: "is empty"), .init(pointer: "", detail: "b")],
      extensions: ["strategy_used": "random", "a": "1"])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(problem.json)) as? [String: Any])
    #expect(object["type"] as? String == "about:blank")
    #expect(object["title"] as? String == "Unprocessable Content")
    #expect(object["status"] as? Int == 422)
    #expect(object["detail"] as? String == "quote \" backslash \\ newline \n bell \u{7} é")
    #expect(object["strategy_used"] as? String == "random")
    let errors = try #require(object["errors"] as? [[String: String]])
    #expect(errors == [["pointer": "/items/3/text", "detail": "is empty"], ["pointer": "", "detail": "b"]])
  }

  @Test func leavesOutWhatIsNotThere() {
    let json = String(decoding: ProblemDocument(status: .notFound).json, as: UTF8.self)
    #expect(json == #"{"type":"about:blank","title":"Not Found","status":404}"#)
  }

  @Test func answersWithItsStatusAndType() async throws {
    let response = ProblemDocument(title: "No such project", status: .notFound).response()
    #expect(response.status == .notFound)
    #expect(response.headers["content-type"] == "application/problem+json")
    let body = try #require(try await response.body.collected())
    #expect(String(decoding: body, as: UTF8.self).contains("No such project"))
  }
}
