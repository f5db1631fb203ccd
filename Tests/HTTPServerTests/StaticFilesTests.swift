import Foundation
import HTTPCore
import Testing

@testable import HTTPServer

/// Files of one folder, and never of another.
@Suite(.timeLimit(.minutes(5))) struct StaticFilesTests {
  /// Makes a folder with a secret beside it, and removes both.
  private func withFolder(_ body: (StaticFiles) async throws -> Void) async throws {
    let manager = FileManager.default
    let base = manager.temporaryDirectory.appendingPathComponent("winnow-files-\(UUID().uuidString)")
    let root = base.appendingPathComponent("Public")
    try manager.createDirectory(at: root.appendingPathComponent("docs"), withIntermediateDirectories: true)
    defer { try? manager.removeItem(at: base) }
    for (name, text) in [
      "Public/index.html": "<p>home", "Public/app.js": "let a = 1", "Public/docs/index.html": "<p>docs",
      "Public/.secret": "dot", "secret.txt": "outside", "Public-2": "sibling",
    ] { try Data(text.utf8).write(to: base.appendingPathComponent(name)) }
    for (link, target) in ["out": "../secret.txt", "in": "app.js", "sibling": "../Public-2", "up": ".."] {
      try manager.createSymbolicLink(
        atPath: root.appendingPathComponent(link).path, withDestinationPath: target)
    }
    try await body(StaticFiles(root: root.path))
  }

  private func get(_ files: StaticFiles, _ path: [String], method: HTTPMethod = .get, headers: HTTPHeaders = [:]) throws
    -> HTTPResponse?
  {
    files.response(for: try RequestHead(method: method, target: "/", headers: headers), path: path)
  }

  @Test func answersWithTypesAndTags() async throws {
    try await withFolder { files in
      let page = try #require(try get(files, []))
      #expect(page.status == .ok)
      #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
      #expect(page.headers["X-Content-Type-Options"] == "nosniff")
      #expect(page.headers["Cache-Control"] == "no-cache")
      let script = try #require(try get(files, ["app.js"]))
      #expect(script.headers["Content-Type"] == "text/javascript; charset=utf-8")
      #expect(script.headers["ETag"] != page.headers["ETag"])
      #expect(try get(files, ["docs"])?.status == .ok)
      #expect(try get(files, ["docs", ""])?.status == .ok)
      #expect(try get(files, ["in"])?.headers["ETag"] == script.headers["ETag"])
      #expect(try get(files, ["app.js"], method: .post)?.status == .methodNotAllowed)
    }
  }

  @Test func answersConditionalRequests() async throws {
    try await withFolder { files in
      let tag = try #require(try get(files, ["app.js"])?.headers["ETag"])
      #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
      for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
        let response = try #require(try get(files, ["app.js"], headers: ["If-None-Match": known]))
        #expect(response.status == .notModified)
        #expect(response.headers["ETag"] == tag)
      }
      #expect(try get(files, ["app.js"], headers: ["If-None-Match": "\"x\""])?.status == .ok)
    }
  }

  @Test(arguments: [
    ["..", "secret.txt"], ["docs", "..", "..", "secret.txt"], ["../secret.txt"], ["out"], ["sibling"],
    ["up", "secret.txt"],
    [".secret"], ["app.js\0.html"], ["nothing"], ["app.js", "x"], ["", "etc", "passwd"], ["/etc/passwd"],
    ["app.js", ""],
  ])
  func neverLeavesTheFolder(path: [String]) async throws {
    try await withFolder { files in
      let response = try get(files, path)
      #expect(response == nil)
    }
  }

  @Test func aMissingFolderHasNoFiles() throws {
    #expect(try get(StaticFiles(root: "/no/such/folder"), []) == nil)
  }

  @Test func servesFilesOverTheWire() async throws {
    try await withFolder { files in
      try await withServer { head in
        .respond(files.response(for: head, path: head.path) ?? ProblemDocument(status: .notFound).response())
      } _: { port, application, _ in
        try await blocking {
          let client = try TestClient(port: port)
          #expect(try client.get("/app.js").text == "let a = 1")
          let head = try client.get("/app.js", method: "HEAD")
          #expect(head["Content-Length"] == "9")
          let tag = try #require(head["ETag"])
          #expect(try client.get("/app.js", headers: "If-None-Match: \(tag)\r\n").status == 304)
          #expect(try client.get("/").text == "<p>home")
          #expect(try client.get("/out").status == 404)
        }
        #expect(try await application.nextCompletion().bytesSent == 9)
      }
    }
  }

  @Test func aFileThatVanishedIsAProblemDocument() async throws {
    try await withServer { _ in
      .respond(HTTPResponse(status: .ok, body: .file(path: "/no/such/file", size: 3)))
    } _: { port, _, _ in
      let response = try await blocking { try TestClient(port: port).get("/") }
      #expect(response.status == 500)
      #expect(response["Content-Type"] == "application/problem+json")
    }
  }
}
