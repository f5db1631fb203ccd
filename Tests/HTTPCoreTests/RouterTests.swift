import HTTPCore
import Testing

@Suite struct RouterTests {
  let router = Router(routes: [
    Route(method: .get, pattern: "/", handler: "root"),
    Route(method: .get, pattern: "/projects", handler: "list"),
    Route(method: .post, pattern: "/projects", handler: "create"),
    Route(method: .get, pattern: "/projects/{project}", handler: "show"),
    Route(method: .get, pattern: "/projects/{project}/items/{item}", handler: "item"),
    Route(method: .delete, pattern: "/sessions/current", handler: "sign out"),
    Route(method: .get, pattern: "/sessions/{session}/log", handler: "log"),
    Route(method: .head, pattern: "/health", handler: "own head"),
    Route(method: .get, pattern: "/health", handler: "health"),
    Route(method: .get, pattern: "/a/{x}/c", handler: "axc"),
    Route(method: .get, pattern: "/a/b/d", handler: "abd"),
  ])

  func match(_ method: HTTPMethod, _ path: [String]) -> (String, PathParameters)? {
    if case .matched(let handler, let parameters) = router.resolve(method, path) { (handler, parameters) } else { nil }
  }

  @Test func findsRoutesAndTheirParameters() throws {
    #expect(match(.get, [])?.0 == "root")
    #expect(match(.post, ["projects"])?.0 == "create")
    let (handler, parameters) = try #require(match(.get, ["projects", "p/1", "items", "7"]))
    #expect(handler == "item")
    #expect(parameters["project"] == "p/1")
    #expect(parameters["item"] == "7")
    #expect(parameters["other"] == nil)
  }

  @Test func literalsWinAndTheSearchTurnsBack() {
    #expect(match(.delete, ["sessions", "current"])?.0 == "sign out")
    #expect(match(.get, ["sessions", "current", "log"])?.1["session"] == "current")
    #expect(match(.get, ["a", "b", "c"])?.0 == "axc")
    #expect(match(.get, ["a", "b", "d"])?.0 == "abd")
  }

  @Test func headFollowsGet() {
    #expect(match(.head, ["projects"])?.0 == "list")
    #expect(match(.head, ["health"])?.0 == "own head")
  }

  @Test(arguments: [
    ["nothing"], ["projects", ""], ["projects", "1", "items"], ["projects", "1", "items", "2", "3"], [""],
  ])
  func nothingElseMatches(path: [String]) {
    guard case .notFound = router.resolve(.get, path) else {
      Issue.record("\(path) should lead nowhere")
      return
    }
  }

  @Test func otherMethodsNameTheAllowedOnes() async throws {
    guard case .methodNotAllowed(let allow) = router.resolve(.put, ["projects"]) else {
      Issue.record("PUT should not be allowed")
      return
    }
    #expect(allow == [.get, .head, .options, .post])
    let response = router.methodNotAllowedResponse(.put, allow: allow)
    #expect(response.status == .methodNotAllowed)
    #expect(response.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    #expect(response.headers["Content-Type"] == "application/problem+json")
    let options = router.methodNotAllowedResponse(.options, allow: allow)
    #expect(options.status == .noContent)
    #expect(options.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    #expect(try await options.body.collected() == [])
  }
}
