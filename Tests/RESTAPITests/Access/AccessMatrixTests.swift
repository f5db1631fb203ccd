import Domain
import Foundation
import HTTPCore
import Testing

@testable import RESTAPI

/// Every operation, tried by everybody: generated from the route table, judged by the rules that are written down.
@Suite struct AccessMatrixTests {
  private static let file = TestServer.root + "/docs/access-matrix.md"

  @Test func everyOperationHasARuleAndNoRuleIsLeftOver() {
    let routes = Endpoint.all.map { "\($0.method.rawValue) \($0.path)" }
    #expect(Set(routes).count == routes.count)
    #expect(Set(routes).subtracting(accessRules.keys) == [], "decide who may call these: AccessRules.swift")
    #expect(Set(accessRules.keys).subtracting(routes) == [], "these are gone")
  }

  @Test func everybodyGetsWhatTheirRuleSays() async throws {
    try await withServer { server in
      let cast = try await AccessCast(server)
      var made = 1
      var scene = try await AccessScene(cast, number: made)
      for endpoint in Endpoint.all {
        let name = "\(endpoint.method.rawValue) \(endpoint.path)"
        guard let rule = accessRules[name] else { continue }
        for visitor in Visitor.allCases {
          let path = try scene.path(endpoint.path, for: visitor)
          let (status, detail) = try await cast[visitor].outcome(
            endpoint.method, path, rule.body?.replacing("{visitor}", with: visitor.rawValue))
          #expect(status == rule.expected[visitor], "\(visitor.rawValue): \(name): \(detail)")
          guard rule.admits(visitor) else { continue }
          if let saying = rule.saying { #expect(detail.contains(saying), "\(visitor.rawValue): \(name): \(detail)") }
          // What was allowed may have used the scene up.
          if endpoint.method != .get, status < 400 || status == 409 {
            made += 1
            scene = try await AccessScene(cast, number: made)
          }
        }
      }
    }
  }

  @Test func whatBelongsToAnotherProjectIsNotFoundThroughOnesOwn() async throws {
    try await withServer { server in
      let cast = try await AccessCast(server)
      let scene = try await AccessScene(cast, number: 1)
      var tried = 0
      for endpoint in Endpoint.all {
        guard let path = try scene.crossedPath(endpoint.path) else { continue }
        for visitor in [Visitor.member, .engineer, .admin] {
          let name = "\(endpoint.method.rawValue) \(endpoint.path)"
          let rule = try #require(accessRules[name])
          let (status, _) = try await cast[visitor].outcome(endpoint.method, path, rule.body)
          #expect(status == (rule.admits(visitor) ? 404 : rule.expected[visitor]), "\(visitor.rawValue): \(name)")
          tried += 1
        }
      }
      #expect(tried >= 24)
      // The foreign project has lost nothing by it.
      let engineer = cast[.engineer]
      #expect(try await engineer.get(try scene.foreignPath("/projects/{project}/items/{item}")).status == 200)
      let round = try await engineer.get(try scene.foreignPath("/projects/{project}/rounds/{round}"))
      #expect(round.json["state"]?.text == "queued")
      let members = try await engineer.get(try scene.foreignPath("/projects/{project}/members"))
      #expect(members.json["items"]?.list?.map { $0["name"]?.text } == [Visitor.outsider.rawValue])
    }
  }

  @Test func theMatrixInTheDocumentationIsThis() throws {
    let text = Self.document
    if ProcessInfo.processInfo.environment["WINNOW_WRITE_DOCS"] == "1" {
      try text.write(toFile: Self.file, atomically: true, encoding: .utf8)
    }
    let kept = try? String(contentsOfFile: Self.file, encoding: .utf8)
    #expect(kept == text, "run this test with WINNOW_WRITE_DOCS=1 to write docs/access-matrix.md anew")
  }

  /// The rules as a table for people.
  private static var document: String {
    var lines = [
      "# Who may call what", "",
      "Made from the rules of `Tests/RESTAPITests/Access`, which try every operation of the route table as everybody; an",
      "operation without a rule fails that test. **✓**: let in. 401: no credentials. 403: the role is too low. 404: not theirs to know.",
      "Engineers and admins see all projects; annotators those that they are members of. Paths are below `/api/v1`.",
      "",
      "| operation | " + Visitor.allCases.map(\.heading).joined(separator: " | ") + " | remark |",
      "|---" + String(repeating: "|---", count: Visitor.allCases.count + 1) + "|",
    ]
    for endpoint in Endpoint.all {
      guard let rule = accessRules["\(endpoint.method.rawValue) \(endpoint.path)"] else { continue }
      let cells = Visitor.allCases.map { rule.admits($0) ? "✓" : "\(rule.expected[$0] ?? 0)" }
      lines.append(
        "| `\(endpoint.method.rawValue) \(endpoint.path)` | " + cells.joined(separator: " | ")
          + " | \(rule.remark ?? "") |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
